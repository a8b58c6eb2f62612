/** Which classes have a socket for a link that was let go, and which could stand in the middle of one. */

import type { Catalog } from "../classes/catalog";
import { faceOf } from "../classes/face";
import { inputsOf, memberOf } from "../classes/known-inputs";
import type { InputSpec, NodeClass, OutputSpec } from "../classes/types";
import { type Key, type LinkEnd, type NodeRecord, type Point } from "../document/records";
import type { DocumentReader, Transaction } from "../document/store";
import type { DanglingLink } from "../editor/ui";
import { closesCircle } from "./circle";
import { link, relink } from "./connect";
import { ANY, compatible, sourceOf, takersOf } from "./flow";
import { addNodeOf, type Measure } from "./new-node";

/** A class with the socket that takes the link. */
export interface Fit {
  readonly nodeClass: NodeClass;
  /** What its socket is called. */
  readonly name: string;
  readonly label: string;
  /** Lower is better: of that very type before one of several, inputs before widgets, and what takes anything last. */
  readonly rank: number;
}

type Hanging = Pick<DanglingLink, "side" | "type">;

/** Those classes that a dangling link fits, best first. */
export function fitting(classes: Iterable<NodeClass>, dangling: Hanging): Fit[] {
  const fits = Array.from(classes, (nodeClass) => fitOf(nodeClass, dangling));
  return fits.filter((fit) => fit !== null).sort((one, other) => one.rank - other.rank);
}

/** The best socket of a class for a dangling link; null: it has none. */
export function fitOf(nodeClass: NodeClass, { side, type }: Hanging): Fit | null {
  const sockets: readonly (InputSpec | OutputSpec)[] = side === "outputs" ? inputsOfNew(nodeClass) : nodeClass.outputs;
  let best: Fit | null = null;
  for (const socket of sockets) {
    if (!(side === "outputs" ? compatible(type, socket.type) : compatible(socket.type, type))) continue;
    const rank = rankOf(socket, type);
    const label = "label" in socket ? socket.label : socket.name;
    if (best === null || rank < best.rank) best = { nodeClass, name: socket.name, label, rank };
  }
  return best;
}

/** The inputs of a new node that can be linked. */
function inputsOfNew(nodeClass: NodeClass): InputSpec[] {
  const { byName, growing } = inputsOf(nodeClass, () => null);
  const linkable = [...byName.values()].filter(({ socketless, hidden }) => socketless !== true && hidden !== true);
  return [
    ...linkable,
    ...growing.map((group) => memberOf(group, group.template.names?.[0] ?? `${group.template.prefix}0`)),
  ];
}

function rankOf(socket: InputSpec | OutputSpec, type: string): number {
  const worse = "widget" in socket ? (socket.widget === null ? 0 : 2) + (socket.required ? 0 : 1) : 0;
  if (socket.type === type) return worse;
  return (socket.type === ANY || type === ANY ? 20 : 10) + worse;
}

/** Add a node of a class that fits and link it there. */
export function addFitting(
  transaction: Transaction,
  catalog: Catalog,
  graph: Key,
  fit: Fit,
  dangling: DanglingLink,
  position: Point,
  measure: Measure,
): NodeRecord {
  const { key, id } = addNodeOf(transaction, catalog, graph, fit.nodeClass.id, position, measure);
  const face = faceOf(transaction, key, catalog);
  const sockets = dangling.side === "outputs" ? face.inputs : face.outputs;
  const slot = sockets.findIndex(({ name }) => name === fit.name);
  const end: LinkEnd = { node: id, slot: Math.max(slot, 0) };
  const [from, to] = dangling.side === "outputs" ? [dangling.end, end] : [end, dangling.end];
  link(transaction, graph, from, to, catalog);
  return transaction.need(key, "node");
}

// ---- in the middle of a link ----

/** The sockets by which a node is put into a link. */
export interface Splice {
  readonly input: number;
  readonly output: number;
}

/** How a node could be put into a link; null: not at all. Inputs that are fed already are left alone. */
export function spliceOf(document: DocumentReader, node: Key, link: Key, catalog: Catalog): Splice | null {
  const { graph, origin, target } = document.need(link, "link");
  const face = faceOf(document, node, catalog);
  const { id, graph: own } = face.record;
  if (own !== graph || [origin.node, target.node].some((end) => String(end) === String(id))) return null;
  const fed = new Set(inputsFed(document, face.record));
  const produced = sourceOf(document, catalog, graph, origin)?.type ?? ANY;
  const takers = takersOf(document, catalog, graph, target);
  const input = face.inputs.find(
    ({ slot, type, widget }) => widget === null && !fed.has(slot) && compatible(produced, type),
  );
  const output = face.outputs.find(({ type }) => takers.every((taker) => compatible(type, taker.type)));
  if (input === undefined || output === undefined) return null;
  const [leading, going] = [
    { node: id, slot: input.slot },
    { node: id, slot: output.slot },
  ];
  const circles = closesCircle(document, graph, origin, leading) || closesCircle(document, graph, going, target);
  return circles ? null : { input: input.slot, output: output.slot };
}

function inputsFed(document: DocumentReader, { graph, id }: NodeRecord): number[] {
  const links = document
    .linksAt(graph, id)
    .filter(({ floating, target }) => !floating && String(target.node) === String(id));
  return links.map(({ target }) => target.slot);
}

/** Put a node into a link, which then leads to it, bends and all, and on from it to where it led. */
export function insertIntoLink(transaction: Transaction, node: Key, key: Key, catalog: Catalog): boolean {
  const splice = spliceOf(transaction, node, key, catalog);
  if (splice === null) return false;
  const { graph, origin, target } = transaction.need(key, "link");
  const { id } = transaction.need(node, "node");
  relink(transaction, key, origin, { node: id, slot: splice.input }, catalog);
  link(transaction, graph, { node: id, slot: splice.output }, target, catalog);
  return true;
}

/** Whether a new node of that class could be put into a link. */
export function fitsInto(document: DocumentReader, key: Key, catalog: Catalog): (nodeClass: NodeClass) => boolean {
  const { graph, origin, target } = document.need(key, "link");
  const produced = sourceOf(document, catalog, graph, origin)?.type ?? ANY;
  const takers = takersOf(document, catalog, graph, target);
  return (nodeClass) =>
    inputsOfNew(nodeClass).some(({ widget, type }) => widget === null && compatible(produced, type)) &&
    nodeClass.outputs.some(({ type }) => takers.every((taker) => compatible(type, taker.type)));
}
