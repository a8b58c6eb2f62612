/** Choosing what other actions are done to. None of this is undone. */

import type { Key } from "../../document/records";
import type { Editor } from "../../editor/editor";
import type { Board } from "./board";
import { membersOf } from "./members";

const SELECTABLE = ["node", "group", "reroute"] as const;

export function selectAll(editor: Editor): void {
  editor.select(selectable(editor));
}

export function selectNothing(editor: Editor): void {
  editor.select([]);
}

export function invertSelection(editor: Editor): void {
  const selected = editor.selection.getState();
  editor.select(selectable(editor).filter((key) => !selected.has(key)));
}

/** What lies in a group, without the group. */
export function selectMembers(board: Board, group: Key): void {
  board.editor.select(membersOf(board, group));
}

/** Add the key to what is selected, or take it out. */
export function toggleSelected(editor: Editor, key: Key): void {
  const keys = new Set(editor.selection.getState());
  if (!keys.delete(key)) keys.add(key);
  editor.select(keys);
}

function selectable({ document, graph }: Editor): Key[] {
  return SELECTABLE.flatMap((kind) => document.store.members(graph, kind).map(({ key }) => key));
}
