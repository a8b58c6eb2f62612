/** What opens workflows in tabs, wherever they come from. Where nothing can be opened the person is told why. */

import type { Point } from "../document/records";
import type { App } from "../editor/app";
import type { FileRef, Tab } from "../editor/workspace";
import { strings } from "../i18n/language";
import { toCanvas } from "./convert";
import { fetchExample, titleOfExample } from "./examples";
import { loadPicture } from "./load-picture";
import { NoWorkflowError, type NoWorkflowReason } from "./no-workflow";
import { titleOf } from "./paths";
import { readFile, readText, type WorkflowText } from "./read";
import { openTab } from "./tabs";
import { tellFailure, type Offer } from "./told";

/** JSON in either format; null where it is no workflow. */
export function openText(app: App, title: string, text: string): Promise<Tab | null> {
  return openRead(app, { title, read: () => readText(text) });
}

/**
 * JSON in either format, or a picture that carries a workflow; null where there is none in it. `at`: the point of the
 * window where the file was let go.
 */
export function openFile(app: App, file: File, at: Point | null = null): Promise<Tab | null> {
  const asPicture = { label: strings().files.open.asPicture, act: () => loadPicture(app, file, at) };
  return openRead(app, {
    title: titleOf(file.name),
    name: file.name,
    read: () => readFile(file),
    instead: file.type.startsWith("image/") ? asPicture : null,
  });
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
  /** What else it is good for, where it is sound and holds no workflow. */
  readonly instead?: Offer | null;
}

/** Open what `read` gives. What is in API format becomes another thing in being laid out, which has no file. */
export async function openRead(
  app: App,
  { title, name = title, file, read, instead = null }: Readable,
): Promise<Tab | null> {
  try {
    const { format, text } = await read();
    return format === "canvas"
      ? openTab(app, { title, text, file: file ?? null })
      : openTab(app, { title, text: await toCanvas(text) });
  } catch (error) {
    if (!(error instanceof NoWorkflowError)) throw error;
    const message = [strings().files.open.reasons[error.reason], error.details].filter(Boolean).join(" ");
    tellFailure(name, message, HOLDS_NONE.includes(error.reason) ? instead : null);
    return null;
  }
}

/** Why a sound picture is no workflow. */
const HOLDS_NONE: readonly NoWorkflowReason[] = ["noMetadata", "notJson"];
