/** What a tab can do when its file has other content than the tab has read: look at it, take it, or write over it. */

import { parseCanvas } from "../document/canvas-read";
import { isList } from "../document/json";
import type { App } from "../editor/app";
import { changeTab } from "../editor/workspace";
import { strings } from "../i18n/language";
import { tellNews } from "./files";
import { listFiles, readFileAt, FileError, etagAt } from "./userdata";
import { openSaved } from "./manage";
import { NoWorkflowError } from "./no-workflow";
import { readFile } from "./read";
import { saveAs, tabOf } from "./save";
import { replaceTab } from "./tabs";

export interface Theirs {
  /** When it was saved, in seconds since 1970. */
  readonly modified: number;
  readonly nodes: number;
}

/** Null where the file is gone. Throws FileError. */
export async function theirsOf(path: string): Promise<Theirs | null> {
  const entry = (await listFiles()).find((other) => other.path === path);
  if (entry === undefined) return null;
  try {
    const { body } = await readFileAt(path);
    return { modified: entry.modified, nodes: nodesIn(await body.text()) };
  } catch (error) {
    if (error instanceof FileError && error.kind === "missing") return null;
    throw error;
  }
}

export function nodesIn(text: string): number {
  try {
    const nodes = parseCanvas(text).get("nodes");
    return isList(nodes) ? nodes.length : 0;
  } catch {
    return 0; // whatever it is, there is no graph in it
  }
}

/** Show the file's content in place of a tab's own, which has nothing that is not saved. */
export async function loadTheirs(app: App, id: string): Promise<void> {
  const before = tabOf(app, id);
  if (!before?.file || before.changed) return;
  try {
    const { body, etag } = await readFileAt(before.file.path);
    const { text, format } = await readFile(body);
    if (format !== "canvas") throw new NoWorkflowError("notAWorkflow");
    const tab = tabOf(app, id);
    if (!tab?.file) return;
    // It was edited while the file was on its way: that is for the person to decide.
    if (tab.changed) tellNews(app.files, id, "changed");
    else replaceTab(app, tab, text, { path: tab.file.path, etag });
  } catch (error) {
    if (error instanceof FileError && error.kind === "missing") tellNews(app.files, id, "gone");
    else if (!(error instanceof FileError) && !(error instanceof NoWorkflowError)) throw error;
  }
}

/** Show the file's content in a tab of its own. What this tab has becomes a workflow without a file. */
export async function openTheirsBeside(app: App, id: string): Promise<void> {
  const tab = tabOf(app, id);
  if (!tab?.file) return;
  const { file, title } = tab;
  changeTab(app.workspace, id, { file: null, title: strings().files.conflict.mine(title) });
  tellNews(app.files, id, null);
  if ((await openSaved(app, file.path)) === null) changeTab(app.workspace, id, { file, title });
}

/** Write a tab over whatever its file has now. Throws FileError. */
export async function overwriteTheirs(app: App, id: string): Promise<void> {
  const tab = tabOf(app, id);
  if (!tab?.file) return;
  const etag = await etagAt(tab.file.path);
  await saveAs(app, id, tab.file.path, etag === null ? "new" : { match: etag });
}

/** Whether the files of the tabs are still what the tabs have read; where one is not, the page knows it then. */
export async function checkFiles(app: App): Promise<void> {
  for (const { id, file } of app.workspace.getState().tabs) {
    if (file === null) continue;
    try {
      const etag = await etagAt(file.path);
      // Unless the tab was saved or renamed meanwhile.
      if (etag !== file.etag && tabOf(app, id)?.file === file)
        tellNews(app.files, id, etag === null ? "gone" : "changed");
    } catch (error) {
      if (!(error instanceof FileError)) throw error; // the server will be asked again by saving
    }
  }
}
