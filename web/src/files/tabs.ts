/** New tabs, empty or for texts of canvases. */

import { CanvasDocument } from "../document/document";
import { uuid } from "../document/uuid";
import type { App } from "../editor/app";
import { Editor, type View } from "../editor/editor";
import { addTab, type FileRef, type Tab } from "../editor/workspace";
import { strings } from "../i18n/language";

export interface NewTab {
  readonly title: string;
  readonly file?: FileRef | null;
  /** A canvas in either version; an empty one where nothing is said. */
  readonly text?: string;
  /** Of a tab that is taken up again. */
  readonly former?: Former;
}

interface Former {
  readonly id: string;
  readonly kept: string;
  readonly view: View;
  readonly jobs: readonly string[];
}

/** An empty workflow. */
export function newTab(app: App): Tab {
  const taken = new Set(app.workspace.getState().tabs.map(({ title }) => title));
  const { untitled } = strings().files;
  let title = untitled(1);
  for (let number = 2; taken.has(title); number += 1) title = untitled(number);
  return openTab(app, { title });
}

/** Open a tab and show it. Throws SyntaxError or NotACanvasError for other texts. */
export function openTab(app: App, opened: NewTab): Tab {
  const tab = madeTab(app, opened);
  addTab(app.workspace, tab);
  return tab;
}

/** Put another content in the place of a tab's. It is another tab from then on, with the runs of the one before. */
export function replaceTab(app: App, before: Tab, text: string, file: FileRef): void {
  const { title, jobs, editor } = before;
  const former = { id: uuid(), kept: text, view: editor.view.getState(), jobs };
  const tab = madeTab(app, { title, file, text, former });
  app.workspace.setState(({ tabs, active }) => ({
    tabs: tabs.map((other) => (other.id === before.id ? tab : other)),
    active: active === before.id ? tab.id : active,
  }));
}

function madeTab({ catalog }: App, { title, file = null, text, former }: NewTab): Tab {
  const document = text === undefined ? CanvasDocument.empty() : CanvasDocument.open(text);
  const editor = new Editor(document, catalog);
  if (former) editor.view.setState(stillThere(former.view, document));
  const opened = text ?? document.text();
  const kept = former?.kept ?? opened;
  const id = former?.id ?? uuid();
  return { id, title, file, kept, changed: kept !== opened, editor, jobs: former?.jobs ?? [] };
}

/** A view into graphs that the document has. */
function stillThere(view: View, { store }: CanvasDocument): Partial<View> {
  return view.path.every(({ graph }) => store.get(graph)?.kind === "graph") ? view : {};
}
