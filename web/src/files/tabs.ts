/** New tabs for texts of canvases. */

import type { App } from "../editor/app";
import { Editor } from "../editor/editor";
import { addTab, type FileRef, type Tab } from "../editor/workspace";
import { CanvasDocument } from "../document/document";

export interface NewTab {
  readonly title: string;
  readonly file?: FileRef | null;
  /** A canvas in either version; an empty one where nothing is said. */
  readonly text?: string;
}

/** Open a tab and show it. Throws SyntaxError or NotACanvasError for other texts. */
export function openTab({ workspace, catalog }: App, { title, file = null, text }: NewTab): Tab {
  const document = text === undefined ? CanvasDocument.empty() : CanvasDocument.open(text);
  const tab: Tab = {
    id: newId(),
    title,
    file,
    kept: document.text(),
    changed: false,
    editor: new Editor(document, catalog),
    jobs: [],
  };
  addTab(workspace, tab);
  return tab;
}

/** Unlike `crypto.randomUUID` to be had without https too. */
export function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
