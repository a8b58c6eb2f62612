/** What saves a tab to a file of the user's, under its name or a new one. Where it cannot, the person is told. */

import { notifications } from "@mantine/notifications";

import type { App } from "../editor/app";
import { changeTab, type FileRef, type Tab } from "../editor/workspace";
import { strings } from "../i18n/language";
import { tellNews } from "./files";
import { refreshListing } from "./listing";
import { titleOf } from "./paths";
import { inTurn } from "./turns";
import { FileError, writeFileAt, type Condition } from "./userdata";

/**
 * Save a tab to its file; ask for a name where it has none, and what to do where the file is not what the tab has read.
 * True once it is saved. `quiet`: without a word where all went well or someone else was faster.
 */
export async function save(app: App, id: string, { quiet = false } = {}): Promise<boolean> {
  return whenFree(app, id, async (tab) => {
    if (tab.file !== null) return overwrite(app, tab, tab.file, quiet);
    app.ui.setState({ dialog: { kind: "save-as", tab: id } });
    return false;
  });
}

async function overwrite(app: App, tab: Tab, { path, etag }: FileRef, quiet: boolean): Promise<boolean> {
  const { id } = tab;
  try {
    await write(app, tab, path, { match: etag });
    if (!quiet)
      notifications.show({ id: `saved ${id}`, message: strings().files.save.done(tab.title), autoClose: 1500 });
    return true;
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    if (error.kind !== "conflict") {
      tellNotSaved(tab, error);
      return false;
    }
    tellNews(app.files, id, error.etag === null ? "gone" : "changed");
    if (!quiet) app.ui.setState({ dialog: { kind: "conflict", tab: id } });
    return false;
  }
}

/** Save a tab to a file of that name. Throws FileError: "conflict" where there is one already, unless it may go. */
export async function saveAs(app: App, id: string, path: string, condition: Condition = "new"): Promise<void> {
  await whenFree(app, id, async (tab) => {
    await write(app, tab, path, condition);
    return true;
  });
}

/** Save when what is under way with the tab's file is over, as the tab is then. False where it was closed meanwhile. */
async function whenFree(app: App, id: string, doSave: (tab: Tab) => Promise<boolean>): Promise<boolean> {
  const editor = tabOf(app, id)?.editor;
  if (editor === undefined) return false;
  return inTurn([editor], async () => {
    const tab = tabOf(app, id);
    return tab === undefined ? false : doSave(tab);
  });
}

export function tabOf(app: App, id: string): Tab | undefined {
  return app.workspace.getState().tabs.find((tab) => tab.id === id);
}

async function write(app: App, { id, editor }: Tab, path: string, condition: Condition): Promise<void> {
  const text = editor.document.text();
  const file = await writeFileAt(path, text, condition);
  tellNews(app.files, id, null);
  // The document may have changed while the server was writing.
  const changed = editor.document.text() !== text;
  const saved = { path: file.path, etag: file.etag };
  changeTab(app.workspace, id, { file: saved, title: titleOf(file.path), kept: text, changed });
  void refreshListing(app);
}

function tellNotSaved({ id, title }: Tab, { kind, message }: FileError): void {
  const { save: words } = strings().files;
  const why = kind === "unreachable" ? words.unreachable : message;
  notifications.show({
    id: `not saved ${id}`,
    color: "red",
    title: words.failed(title),
    message: `${why} ${words.draftKept}`,
    autoClose: 12_000,
  });
}
