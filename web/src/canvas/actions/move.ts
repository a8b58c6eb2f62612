/** Moving nodes, reroutes and groups, with what lies in them. Pinned things stay where they are. */

import { plus } from "../bounds";
import { editGroups } from "../../document/edit-groups";
import { moveReroute } from "../../document/edit-links";
import { editNodes } from "../../document/edit-nodes";
import type { DocumentReader, Transaction } from "../../document/store";
import type { Key, Point } from "../../document/records";
import { strings } from "../../i18n/language";
import type { Board } from "./board";
import { membersOf } from "./members";

/** Of these and of what lies in groups among them, all that can be moved; each once. */
export function movable(board: Board, keys: Iterable<Key>): Key[] {
  const store = board.editor.document.store;
  const found = new Set<Key>();
  for (const key of keys) {
    if (!canMove(store, key)) continue;
    found.add(key);
    // What lies in a group that lies in this one lies in this one.
    if (store.get(key)?.kind === "group") {
      for (const member of membersOf(board, key)) if (canMove(store, member)) found.add(member);
    }
  }
  return [...found];
}

/** Move the selection. Steps one after another are undone as one. */
export function nudgeSelected(board: Board, by: Point): void {
  const { editor } = board;
  const keys = movable(board, editor.selection.getState());
  if (keys.length === 0) return;
  const label = strings().gestures.done.move;
  editor.document.store.transact(
    label,
    (transaction) => {
      moveAll(transaction, keys, by);
    },
    { continues: "nudge" },
  );
}

export function moveAll(transaction: Transaction, keys: Iterable<Key>, by: Point): void {
  for (const key of keys) moveOne(transaction, key, by);
}

/** Each by its own distance, and what lies in a group with the group; as one edit. */
export function moveEach(board: Board, label: string, moves: ReadonlyMap<Key, Point>): void {
  const all = new Map(moves);
  for (const [key, by] of moves) {
    for (const member of movable(board, [key])) if (!all.has(member)) all.set(member, by);
  }
  board.editor.document.store.transact(label, (transaction) => {
    for (const [key, by] of all) moveOne(transaction, key, by);
  });
}

function moveOne(transaction: Transaction, key: Key, by: Point): void {
  const at = placeOf(transaction, key);
  if (at) place(transaction, key, plus(at, by));
}

/** Put a node, a reroute or a group somewhere; nothing is done where it is there, or gone. */
export function place(transaction: Transaction, key: Key, at: Point): void {
  const was = placeOf(transaction, key);
  const record = transaction.get(key);
  if (!was || (was.x === at.x && was.y === at.y)) return;
  if (record?.kind === "node") editNodes(transaction, [key], { position: at });
  else if (record?.kind === "reroute") moveReroute(transaction, key, at);
  else if (record?.kind === "group") editGroups(transaction, [key], { bounds: { ...record.bounds, ...at } });
}

/** Where a node, a reroute or a group is; undefined of all else. */
export function placeOf(document: DocumentReader, key: Key): Point | undefined {
  const record = document.get(key);
  if (record?.kind === "group") return { x: record.bounds.x, y: record.bounds.y };
  return record?.kind === "node" || record?.kind === "reroute" ? record.position : undefined;
}

function canMove(document: DocumentReader, key: Key): boolean {
  const record = document.get(key);
  if (record?.kind === "node" || record?.kind === "group") return !record.pinned;
  return record?.kind === "reroute";
}
