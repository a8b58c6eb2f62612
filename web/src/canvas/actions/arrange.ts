/**
 * Aligning, distributing and laying out. Pinned things and notes that stand alone stay where they are. The layout is
 * fetched when it is first asked for: most visits never do.
 */

import { align, distribute, type Alignment, type Axis } from "../../arrange/align";
import { plus } from "../bounds";
import type { Arranged, Layout } from "../../arrange/layout";
import { linksThrough } from "../../document/course";
import { editGroups } from "../../document/edit-groups";
import { nodeKey, type Bounds, type Id, type Key, type Point } from "../../document/records";
import { strings } from "../../i18n/language";
import { selectedGroups, selectedNodes, type Board } from "./board";
import { membersOf } from "./members";
import { moveAll, moveEach } from "./move";
import { groupTitleHeight } from "../shapes";

export function alignSelected(board: Board, to: Alignment): void {
  moveEach(board, strings().gestures.done.align, align(movableBoxes(board), to));
}

export function distributeSelected(board: Board, axis: Axis): void {
  moveEach(board, strings().gestures.done.distribute, distribute(movableBoxes(board), axis));
}

/** Lay out what is selected, with what lies in selected groups; where that is no more than one node, the whole graph. */
export async function arrangeSelected(board: Board): Promise<void> {
  const groups = selectedGroups(board.editor).map(({ key }) => key);
  const inside = groups.flatMap((group) => membersOf(board, group));
  const keys = new Set([...board.editor.selection.getState(), ...inside]);
  const nodes = board.editor.document.store.members(board.editor.graph, "node").filter(({ key }) => keys.has(key));
  if (nodes.length < 2) await arrangeAll(board);
  else await arrangeThese(board, keys);
}

export async function arrangeAll(board: Board): Promise<void> {
  const { editor } = board;
  const { store } = editor.document;
  const kinds = ["node", "group"] as const;
  await arrangeThese(board, new Set(kinds.flatMap((kind) => store.members(editor.graph, kind).map(({ key }) => key))));
}

async function arrangeThese(board: Board, keys: ReadonlySet<Key>): Promise<void> {
  const { arrange } = await import("../../arrange/layout");
  const graph = layoutOf(board, keys);
  settle(board, graph, arrange(graph));
}

function layoutOf(board: Board, keys: ReadonlySet<Key>): Layout<Key> {
  const { editor, scene } = board;
  const store = editor.document.store;
  const frames = new Map<Key, { bounds: Bounds; title: number }>();
  for (const group of store.members(editor.graph, "group")) {
    if (keys.has(group.key) && !group.pinned) {
      frames.set(group.key, { bounds: group.bounds, title: groupTitleHeight(group) });
    }
  }
  const framed = new Set([...frames.keys()].flatMap((group) => membersOf(board, group)));
  const links = store.members(editor.graph, "link").filter(({ floating }) => !floating);
  const linked = new Set(links.flatMap(({ origin, target }) => [String(origin.node), String(target.node)]));
  const boxes = new Map<Key, Bounds>();
  for (const { key, id, pinned } of store.members(editor.graph, "node")) {
    const box = scene.boundsOf(key);
    const note = !linked.has(String(id)) && isNote(board, key);
    if (box && keys.has(key) && !pinned && (!note || framed.has(key))) boxes.set(key, box);
  }
  const keyOf = (id: Id): Key => nodeKey(editor.graph, id);
  return { boxes, frames, links: links.map(({ origin, target }) => [keyOf(origin.node), keyOf(target.node)]) };
}

function settle({ editor }: Board, graph: Layout<Key>, { corners, frames }: Arranged<Key>): void {
  const store = editor.document.store;
  const moves = new Map<Key, Point>();
  for (const [key, corner] of corners) {
    const box = graph.boxes.get(key);
    if (box) moves.set(key, { x: corner.x - box.x, y: corner.y - box.y });
  }
  store.transact(strings().gestures.done.arrange, (transaction) => {
    const reroutes = store.members(editor.graph, "reroute");
    const through = linksThrough(store.members(editor.graph, "link"), reroutes);
    for (const reroute of reroutes) {
      const ends = (through.get(String(reroute.id)) ?? []).flatMap(({ origin, target }) => [origin, target]);
      // A bend goes where its links go.
      const by = mean(ends.map(({ node }) => moves.get(nodeKey(editor.graph, node)) ?? ORIGIN));
      moveAll(transaction, [reroute.key], by);
    }
    for (const [key, by] of moves) moveAll(transaction, [key], by);
    for (const [key, bounds] of frames) editGroups(transaction, [key], { bounds });
  });
}

function movableBoxes({ editor, scene }: Board): Map<Key, Bounds> {
  const boxes = new Map<Key, Bounds>();
  for (const { key, pinned } of [...selectedNodes(editor), ...selectedGroups(editor)]) {
    const box = scene.boundsOf(key);
    if (box && !pinned) boxes.set(key, box);
  }
  return boxes;
}

function isNote({ editor }: Board, key: Key): boolean {
  const { classId } = editor.document.store.need(key, "node");
  return classId === "Note" || classId === "MarkdownNote";
}

const ORIGIN: Point = { x: 0, y: 0 };

function mean(points: readonly Point[]): Point {
  const { x, y } = points.reduce(plus, ORIGIN);
  const count = Math.max(1, points.length);
  return { x: Math.round(x / count), y: Math.round(y / count) };
}
