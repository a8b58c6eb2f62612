/**
 * For tests: any edit that a person makes of links, widgets and nodes, made from numbers, so that fast-check can shrink a
 * failing sequence of them.
 */

import fc from "fast-check";

import type { Catalog } from "../../classes/catalog";
import { faceOf } from "../../classes/face";
import type { Side } from "../../document/edit-sockets";
import {
  nodeKey,
  ROOT,
  SUBGRAPH_INPUT,
  SUBGRAPH_OUTPUT,
  type Key,
  type LinkEnd,
  type NodeRecord,
} from "../../document/records";
import type { DocumentStore, Transaction } from "../../document/store";
import { link, mayConnect, relink, unlink } from "../connect";
import { insertIntoLink } from "../fitting";
import { addNodeOf } from "../new-node";
import { primitiveFor } from "../primitive";
import { dropNodes, removeKeepingLinks } from "../remove";
import { toInput, toWidget } from "../widgets";

/** Which edit, and numbers that say of what. */
export type RandomEdit = readonly [edit: keyof typeof EDITS, numbers: readonly number[]];

interface Edited {
  readonly transaction: Transaction;
  readonly catalog: Catalog;
  readonly graph: Key;
  /** Chooses among things by the edit's next number; undefined where there are none. */
  readonly pick: <T>(things: readonly T[]) => T | undefined;
}

const NO_SIZE = () => ({ width: 1, height: 1 });
const AT = { x: 0, y: 0 };

/** None of them is about the value of a widget. */
const EDITS = {
  add({ transaction, catalog, graph, pick }) {
    const classId = pick(["KSampler", "ImageScale", "Reroute", "PrimitiveInt", "Resize", "Batch"]) ?? "";
    addNodeOf(transaction, catalog, graph, classId, AT, NO_SIZE);
  },
  link({ transaction, catalog, graph, pick, ...edited }) {
    const from = pick(ends({ transaction, catalog, graph, pick, ...edited }, "outputs"));
    const open = ends({ transaction, catalog, graph, pick, ...edited }, "inputs").filter(
      (to) => from !== undefined && mayConnect(transaction, graph, from, to, catalog) === null,
    );
    const to = pick(open);
    if (from && to) link(transaction, graph, from, to, catalog);
  },
  unlink({ transaction, catalog, graph, pick }) {
    const found = pick(transaction.members(graph, "link"));
    if (found) unlink(transaction, found.key, catalog);
  },
  relink(edited) {
    const { transaction, catalog, graph, pick } = edited;
    const found = pick(transaction.members(graph, "link"));
    if (!found) return;
    const moves = [
      ...ends(edited, "outputs").map((origin) => [origin, found.target] as const),
      ...ends(edited, "inputs").map((target) => [found.origin, target] as const),
    ];
    const to = pick(moves.filter(([from, to]) => mayConnect(transaction, graph, from, to, catalog) === null));
    if (to) relink(transaction, found.key, ...to, catalog);
  },
  insert({ transaction, catalog, graph, pick }) {
    const [node, into] = [pick(transaction.members(graph, "node")), pick(transaction.members(graph, "link"))];
    if (node && into) insertIntoLink(transaction, node.key, into.key, catalog);
  },
  toInput(edited) {
    const found = pickWidget(edited);
    if (found) toInput(edited.transaction, ...found, edited.catalog);
  },
  toWidget(edited) {
    const found = pickWidget(edited);
    if (found) toWidget(edited.transaction, ...found, edited.catalog);
  },
  primitive(edited) {
    const { transaction, catalog } = edited;
    const [key, index] = pickWidget(edited) ?? ["", 0];
    const linkable = key !== "" && faceOf(transaction, key, catalog).inputs.some(({ widget }) => widget === index);
    if (linkable) primitiveFor(transaction, key, index, catalog, AT, NO_SIZE);
  },
  drop({ transaction, catalog, graph, pick }) {
    const node = pick(transaction.members(graph, "node"));
    if (node) dropNodes(transaction, [node.key], catalog);
  },
  dropKeeping({ transaction, catalog, graph, pick }) {
    const node = pick(transaction.members(graph, "node"));
    if (node) removeKeepingLinks(transaction, [node.key], catalog);
  },
} satisfies Record<string, (edited: Edited) => void>;

export const randomEdits: fc.Arbitrary<readonly RandomEdit[]> = fc.array(
  fc.tuple(
    fc.constantFrom(...(Object.keys(EDITS) as (keyof typeof EDITS)[])),
    fc.array(fc.nat(1000), { minLength: 4, maxLength: 4 }),
  ),
  { maxLength: 16, size: "max" },
);

/** Make an edit, as one change. */
export function make(store: DocumentStore, catalog: Catalog, [name, numbers]: RandomEdit): void {
  store.transact(name, (transaction) => {
    let next = 0;
    const pick: Edited["pick"] = (things) => things[(numbers[next++ % numbers.length] ?? 0) % things.length];
    const graph = pick([ROOT, ...transaction.members(ROOT, "graph").map(({ key }) => key)]) ?? ROOT;
    EDITS[name]({ transaction, catalog, graph, pick });
  });
}

/** All ends that a link may have, a subgraph's own and the new one behind them too. */
function ends({ transaction, catalog, graph }: Edited, side: Side): LinkEnd[] {
  const record = transaction.need(graph, "graph");
  const [border, count] =
    side === "outputs" ? [SUBGRAPH_INPUT, record.inputs.length] : [SUBGRAPH_OUTPUT, record.outputs.length];
  const own = graph === ROOT ? [] : Array.from({ length: count + 1 }, (_, slot) => ({ node: border, slot }));
  const there = transaction.members(graph, "node").flatMap((node: NodeRecord) => {
    const face = faceOf(transaction, nodeKey(graph, node.id), catalog);
    return face[side].map(({ slot }) => ({ node: node.id, slot }));
  });
  return [...there, ...own];
}

function pickWidget({ transaction, catalog, graph, pick }: Edited): [node: Key, index: number] | undefined {
  const all = transaction
    .members(graph, "node")
    .flatMap(({ key }) => faceOf(transaction, key, catalog).widgets.map((_, index): [Key, number] => [key, index]));
  return pick(all);
}
