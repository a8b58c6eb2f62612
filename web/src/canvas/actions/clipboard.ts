/** Copying, pasting and duplicating what is selected. Text in, text out: the system's clipboard is somebody else's. */

import { copy, paste, type HowToPaste } from "../../document/clipboard";
import type { Key, Point } from "../../document/records";
import type { Editor } from "../../editor/editor";
import { strings } from "../../i18n/language";
import { removeSelected } from "./remove";

/** The text of what is selected; null where nothing is that can be copied. */
export function copySelected(editor: Editor): string | null {
  const { store } = editor.document;
  const keys = [...editor.selection.getState()];
  const copied = keys.some((key) => ["node", "group"].includes(store.get(key)?.kind ?? ""));
  return copied ? copy(store, editor.graph, keys) : null;
}

export function cutSelected(editor: Editor): string | null {
  const text = copySelected(editor);
  if (text !== null) removeSelected(editor);
  return text;
}

/**
 * Add what the text holds, with its upper left corner at `corner`, and select it. Throws what `paste` of the document
 * throws where the text is no part of a workflow.
 */
export function pasteText(editor: Editor, text: string, corner: Point, how?: HowToPaste): Key[] {
  const keys = editor.document.store.transact(strings().gestures.done.paste, (transaction) =>
    paste(transaction, editor.graph, text, corner, how),
  );
  editor.select(keys);
  return keys;
}

/** A copy of what is selected, a little below and beside it, and selected in its place. */
export function duplicateSelected(editor: Editor, how?: HowToPaste): void {
  duplicate(editor, STEP, how);
}

/** A copy that lies `by` from the original; the keys of what is new. */
export function duplicate(editor: Editor, by: Point, how?: HowToPaste): Key[] {
  const text = copySelected(editor);
  if (text === null) return [];
  const { store } = editor.document;
  const corners = [...editor.selection.getState()].flatMap((key): Point[] => {
    const record = store.get(key);
    return record?.kind === "node" ? [record.position] : record?.kind === "group" ? [record.bounds] : [];
  });
  const corner = {
    x: Math.min(...corners.map(({ x }) => x)) + by.x,
    y: Math.min(...corners.map(({ y }) => y)) + by.y,
  };
  const keys = store.transact(strings().gestures.done.duplicate, (transaction) =>
    paste(transaction, editor.graph, text, corner, how),
  );
  editor.select(keys);
  return keys;
}

const STEP: Point = { x: 30, y: 30 };
