/**
 * What can be done with the user's files and folders, tabs that show them following along. Where the server refuses, the
 * person is told and nothing changes.
 */

import { notifications } from "@mantine/notifications";

import type { App } from "../editor/app";
import type { Editor } from "../editor/editor";
import { changeTab, showTab, type Tab } from "../editor/workspace";
import { strings } from "../i18n/language";
import { refreshListing } from "./listing";
import { openRead } from "./open";
import { fileCalled, folderOf, isWithin, nameOf, pathOf, titleOf } from "./paths";
import { readFile } from "./read";
import { tabOf } from "./save";
import { tellUndoable } from "./told";
import { inTurn } from "./turns";
import {
  deletedFiles,
  deleteEntry,
  FileError,
  makeFolder,
  moveEntry,
  readFileAt,
  restoreVersion,
  writeFileAt,
} from "./userdata";

/** Show a workflow of the user's: in the tab that has it, else in a new one. */
export async function openSaved(app: App, path: string): Promise<Tab | null> {
  const open = app.workspace.getState().tabs.find(({ file }) => file?.path === path);
  if (open) {
    showTab(app.workspace, open.id);
    return open;
  }
  return tried(app, titleOf(path), async () => {
    const { body, etag } = await readFileAt(path);
    return openRead(app, {
      title: titleOf(path),
      name: nameOf(path),
      file: { path, etag },
      read: () => readFile(body),
    });
  });
}

/** A former content of a workflow, beside what is there now. It has no file: saving it asks for a name. */
export async function openVersion(app: App, path: string, version: number, title: string): Promise<Tab | null> {
  return tried(app, title, async () => {
    const { body } = await readFileAt(path, version);
    return openRead(app, { title, read: () => readFile(body) });
  });
}

/** Call a tab otherwise, and its file with it. */
export async function renameTab(app: App, id: string, title: string): Promise<void> {
  const tab = tabOf(app, id);
  const called = title.trim();
  if (!tab || called === "" || called === tab.title) return;
  if (tab.file === null) changeTab(app.workspace, id, { title: called });
  else await move(app, tab.file.path, fileCalled(folderOf(tab.file.path), called));
}

/** Give a file or folder another path. */
export async function move(app: App, from: string, to: string): Promise<boolean> {
  if (from === to) return true;
  return inTurn(editorsOf(app, from), async () => {
    const moved = await tried(app, nameOf(from), () => moveEntry(from, to));
    if (moved === null) return false;
    for (const { id, file } of app.workspace.getState().tabs) {
      if (file === null || !isWithin(file.path, from)) continue;
      const path = moved.path + file.path.slice(from.length);
      changeTab(app.workspace, id, { file: { ...file, path }, title: titleOf(path) });
    }
    return true;
  });
}

/** Of the tabs that have a file which is, or is within, a path. */
function editorsOf({ workspace }: App, path: string): Editor[] {
  return workspace
    .getState()
    .tabs.filter(({ file }) => file !== null && isWithin(file.path, path))
    .map(({ editor }) => editor);
}

/** A second file with the same content; its path. */
export async function duplicate(app: App, path: string): Promise<string | null> {
  return tried(app, nameOf(path), async () => {
    const { body } = await readFileAt(path);
    const text = await body.text();
    for (let number = 1; ; number += 1) {
      const copy = pathOf(folderOf(path), `${strings().files.copyOf(titleOf(path), number)}.json`);
      try {
        return (await writeFileAt(copy, text, "new")).path;
      } catch (error) {
        if (!(error instanceof FileError && error.kind === "conflict")) throw error;
      }
    }
  });
}

/** Delete a file, or a folder with all that is in it; it can be taken back for a while. Tabs keep what they show. */
export async function remove(app: App, path: string): Promise<void> {
  const before = await tried(app, nameOf(path), deletedFiles);
  if (before === null) return;
  const deleted = await inTurn(editorsOf(app, path), async () => {
    if ((await tried(app, nameOf(path), () => deleteEntry(path).then(() => true))) === null) return false;
    for (const { id, file } of app.workspace.getState().tabs) {
      if (file !== null && isWithin(file.path, path)) changeTab(app.workspace, id, { file: null });
    }
    return true;
  });
  if (!deleted) return;
  const known = new Set(before.map(({ path: gone, version }) => `${version} ${gone}`));
  tellUndoable(strings().files.manage.deleted(titleOf(path)), async () => {
    const gone = (await deletedFiles()).filter((file) => isWithin(file.path, path));
    for (const file of gone)
      if (!known.has(`${file.version} ${file.path}`)) await restore(app, file.path, file.version);
  });
}

/** Make a former content the present one, or bring back a file that was deleted. */
export async function restore(app: App, path: string, version: number): Promise<boolean> {
  return (await tried(app, nameOf(path), () => restoreVersion(path, version).then(() => true))) !== null;
}

export async function newFolder(app: App, path: string): Promise<boolean> {
  return (await tried(app, nameOf(path), () => makeFolder(path).then(() => true))) !== null;
}

/** Do something with files; null where it failed, which is told. What is there is looked up again. */
async function tried<T>(app: App, name: string, act: () => Promise<T>): Promise<T | null> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    const { open, manage } = strings().files;
    const message = error.kind === "unreachable" ? open.noAnswer : error.message;
    notifications.show({ color: "red", title: manage.failed(name), message, autoClose: 12_000 });
    return null;
  } finally {
    void refreshListing(app);
  }
}
