/**
 * For tests: any edit of any part of a document, made from numbers, so that fast-check can shrink a failing sequence of
 * them.
 */

import fc from "fast-check";

import { copy, paste, RecursionError } from "../clipboard";
import { addGroup, editGroups, removeGroups } from "../edit-groups";
import { addReroute, connect, disconnect, linksOutOf, moveLink, moveReroute, removeReroute } from "../edit-links";
import { addNode, editNodes, removeNodes, setWidget } from "../edit-nodes";
import { addSocket, removeSocket } from "../edit-sockets";
import { fromInteger } from "../json";
import {
  ROOT,
  SUBGRAPH_INPUT,
  SUBGRAPH_OUTPUT,
  type GraphRecord,
  type Key,
  type Kind,
  type LinkEnd,
  type RecordOf,
} from "../records";
import type { DocumentStore, Transaction } from "../store";

/** Which edit, and numbers that say of what. */
export type RandomEdit = readonly [edit: keyof typeof EDITS, numbers: readonly number[]];

type Edit = (transaction: Transaction, graph: Key, pick: Pick) => void;

/** Chooses among things by the edit's next number; undefined where there are none. */
type Pick = <T>(things: readonly T[]) => T | undefined;

const SIDES = ["inputs", "outputs"] as const;

const EDITS = {
  addNode(transaction, graph, pick) {
    const sockets = [
      { name: "a", type: "*" },
      { name: "b", type: "INT", widget: "b" },
    ].slice(pick([0, 1, 2]));
    const position = { x: pick([0, 0.1, 300]) ?? 0, y: 0 };
    const classId = pick(["KSampler", "Note"]) ?? "";
    addNode(transaction, graph, {
      classId,
      position,
      size: { width: 9, height: 9 },
      inputs: sockets,
      outputs: sockets,
    });
  },
  removeNodes(transaction, graph, pick) {
    const nodes = transaction.members(graph, "node");
    removeNodes(transaction, new Set([pick(nodes), pick(nodes)].flatMap((node) => node?.key ?? [])));
  },
  editNode(transaction, graph, pick) {
    const change = pick([
      { title: "Other" },
      { title: null },
      { mode: 4 },
      { collapsed: true },
      { collapsed: false },
      { pinned: true },
      { color: "#fff", background: null },
      { size: { width: 1, height: 2 } },
    ]);
    editNodes(transaction, keyOf(pick(transaction.members(graph, "node"))), change ?? {});
  },
  placeNodes(transaction, graph, pick) {
    const position = { x: pick([0, 1, -7.5]) ?? 0, y: 3 };
    editNodes(transaction, keyOf(pick(transaction.members(graph, "node"))), { position });
  },
  setWidget(transaction, graph, pick) {
    const slot = pick([0, 1, 4].map((index) => ({ index, name: "seed" }))) ?? { index: 0, name: "" };
    const value = pick([fromInteger(2n ** 64n - 1n), 7, "text", null, true]) ?? null;
    for (const key of keyOf(pick(transaction.members(graph, "node")))) setWidget(transaction, key, slot, value);
  },
  addSocket(transaction, graph, pick) {
    const [side, slot] = [pick(SIDES) ?? "inputs", pick([0, 1, Infinity])];
    for (const key of keyOf(pick(transaction.members(graph, "node")))) {
      addSocket(transaction, key, side, { name: "new", type: "*" }, slot);
    }
  },
  removeSocket(transaction, graph, pick) {
    const side = pick(SIDES) ?? "inputs";
    const node = pick(transaction.members(graph, "node").filter((node) => node[side].length > 0));
    if (node) removeSocket(transaction, node.key, side, pick([...node[side].keys()]) ?? 0);
  },
  connect(transaction, graph, pick) {
    const origin = pick(ends(transaction, graph, "outputs"));
    const target = pick(ends(transaction, graph, "inputs"));
    if (origin && target) connect(transaction, graph, origin, target);
  },
  moveLink(transaction, graph, pick) {
    const link = pick(transaction.members(graph, "link").filter(({ floating }) => !floating));
    const target = pick(ends(transaction, graph, "inputs"));
    if (link && target) moveLink(transaction, link.key, link.origin, target);
  },
  moveOutput(transaction, graph, pick) {
    const link = pick(transaction.members(graph, "link").filter(({ floating }) => !floating));
    const origin = pick(ends(transaction, graph, "outputs"));
    if (!link || !origin) return;
    for (const { key, target } of linksOutOf(transaction, graph, link.origin)) {
      moveLink(transaction, key, origin, target);
    }
  },
  disconnect(transaction, graph, pick) {
    for (const key of keyOf(pick(transaction.members(graph, "link")))) disconnect(transaction, key);
  },
  addReroute(transaction, graph, pick) {
    const links = transaction.members(graph, "link").filter(({ floating }) => !floating);
    for (const key of keyOf(pick(links))) addReroute(transaction, key, { x: 1, y: 2 });
  },
  moveReroute(transaction, graph, pick) {
    for (const key of keyOf(pick(transaction.members(graph, "reroute")))) moveReroute(transaction, key, { x: 5, y: 5 });
  },
  removeReroute(transaction, graph, pick) {
    for (const key of keyOf(pick(transaction.members(graph, "reroute")))) removeReroute(transaction, key);
  },
  addGroup(transaction, graph, pick) {
    addGroup(transaction, graph, { title: pick(["", "Group"]) ?? "", bounds: { x: 0, y: 0, width: 9, height: 9 } });
  },
  editGroup(transaction, graph, pick) {
    const change = pick([{ title: "Other" }, { pinned: true }, { color: null }, { fontSize: 12 }]) ?? {};
    editGroups(transaction, keyOf(pick(transaction.members(graph, "group"))), change);
  },
  removeGroup(transaction, graph, pick) {
    removeGroups(transaction, keyOf(pick(transaction.members(graph, "group"))));
  },
  paste(transaction, graph, pick) {
    const from = pick(graphs(transaction))?.key ?? ROOT;
    const things = [...transaction.members(from, "node"), ...transaction.members(from, "group")];
    const text = copy(transaction, from, new Set([pick(things), pick(things), pick(things)].flatMap(keyOf)));
    try {
      paste(transaction, graph, text, { x: 0, y: 0 });
    } catch (error) {
      if (!(error instanceof RecursionError)) throw error;
    }
  },
} satisfies Record<string, Edit>;

export const randomEdits: fc.Arbitrary<readonly RandomEdit[]> = fc.array(
  fc.tuple(
    fc.constantFrom(...(Object.keys(EDITS) as (keyof typeof EDITS)[])),
    fc.array(fc.nat(1000), { minLength: 5, maxLength: 5 }),
  ),
  { maxLength: 30, size: "max" },
);

/** Make an edit, as one change. */
export function make(store: DocumentStore, [name, numbers]: RandomEdit): void {
  store.transact(name, (transaction) => {
    let next = 0;
    const pick: Pick = (things) => things[(numbers[next++ % numbers.length] ?? 0) % things.length];
    const graph = pick(graphs(transaction))?.key ?? ROOT;
    EDITS[name](transaction, graph, pick);
  });
}

function graphs(transaction: Transaction): GraphRecord[] {
  return [transaction.root(), ...transaction.members(ROOT, "graph")];
}

function keyOf(record: RecordOf<Kind> | undefined): Key[] {
  return record === undefined ? [] : [record.key];
}

function ends(transaction: Transaction, graph: Key, side: "inputs" | "outputs"): LinkEnd[] {
  const { inputs, outputs } = transaction.need(graph, "graph");
  const border =
    side === "outputs" ? { id: SUBGRAPH_INPUT, sockets: inputs } : { id: SUBGRAPH_OUTPUT, sockets: outputs };
  const nodes = transaction.members(graph, "node").map((node) => ({ id: node.id, sockets: node[side] }));
  return [...nodes, border].flatMap(({ id, sockets }) => sockets.map((_, slot) => ({ node: id, slot })));
}
