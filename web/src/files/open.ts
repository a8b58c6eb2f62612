/** What opens workflows in tabs, wherever they come from. Where nothing can be opened the person is told why. */

import { notifications } from "@mantine/notifications";

import type { App } from "../editor/app";
import type { FileRef, Tab } from "../editor/workspace";
import { strings } from "../i18n/language";
import { toCanvas } from "./convert";
import { fetchExample, titleOfExample } from "./examples";
import { NoWorkflowError } from "./no-workflow";
import { titleOf } from "./paths";
import { readFile, readText, type WorkflowText } from "./read";
import { openTab } from "./tabs";

/** An empty workflow. */
export function newTab(app: App): Tab {
  const taken = new Set(app.workspace.getState().tabs.map(({ title }) => title));
  const { untitled } = strings().files;
  let title = untitled(1);
  for (let number = 2; taken.has(title); number += 1) title = untitled(number);
  return openTab(app, { title });
}

/** JSON in either format; null where it is no workflow. */
export function openText(app: App, title: string, text: string): Promise<Tab | null> {
  return openRead(app, { title, read: () => readText(text) });
}

/** JSON in either format, or a picture that carries a workflow; null where there is none in it. */
export function openFile(app: App, file: File): Promise<Tab | null> {
  return openRead(app, { title: titleOf(file.name), name: file.name, read: () => readFile(file) });
}

/** One of the server's examples; null where the server does not give it. */
export async function openExample(app: App, name: string): Promise<Tab | null> {
  const text = await fetchExample(name);
  if (text !== null) return openText(app, titleOfExample(name), text);
  tellFailure(titleOfExample(name), strings().files.open.noAnswer);
  return null;
}

export interface Readable {
  readonly title: string;
  /** What it is called where it lies, if that is not its title. */
  readonly name?: string;
  /** The file that saving the tab is to write. */
  readonly file?: FileRef;
  readonly read: () => WorkflowText | Promise<WorkflowText>;
}

/** Open what `read` gives. What is in API format becomes another thing in being laid out, which has no file. */
export async function openRead(app: App, { title, name = title, file, read }: Readable): Promise<Tab | null> {
  try {
    const { format, text } = await read();
    return format === "canvas"
      ? openTab(app, { title, text, file: file ?? null })
      : openTab(app, { title, text: await toCanvas(text) });
  } catch (error) {
    if (!(error instanceof NoWorkflowError)) throw error;
    tellFailure(name, [strings().files.open.reasons[error.reason], error.details].filter(Boolean).join(" "));
    return null;
  }
}

function tellFailure(name: string, message: string): void {
  notifications.show({ color: "red", autoClose: 12_000, title: strings().files.open.failed(name), message });
}
