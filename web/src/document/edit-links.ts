/**
 * Connecting sockets and bending links. Whether two types go together, and whether a circle arises, is asked before and
 * elsewhere: this knows no node classes.
 */

import { BLANK_LINK, BLANK_REROUTE } from "./blanks";
import { courseTo, linksThrough, rerouteById } from "./course";
import { newId } from "./ids";
import {
  linkKey,
  nodeKey,
  rerouteKey,
  SUBGRAPH_INPUT,
  SUBGRAPH_OUTPUT,
  type Key,
  type LinkEnd,
  type LinkRecord,
  type Point,
  type RerouteRecord,
  type Socket,
} from "./records";
import type { DocumentReader, Transaction } from "./store";

/**
 * The links into an input: one, unless the file was damaged. In a subgraph its outputs are inputs of SUBGRAPH_OUTPUT.
 */
export function linksInto(document: DocumentReader, graph: Key, { node, slot }: LinkEnd): LinkRecord[] {
  return document.linksAt(graph, node).filter(({ floating, target }) => !floating && meets(target, node, slot));
}

/** The links out of an output. In a subgraph its inputs are outputs of SUBGRAPH_INPUT. */
export function linksOutOf(document: DocumentReader, graph: Key, { node, slot }: LinkEnd): LinkRecord[] {
  return document.linksAt(graph, node).filter(({ floating, origin }) => !floating && meets(origin, node, slot));
}

/** Link an output to an input, in the place of what fed that input. Throws RangeError where there is no such socket. */
export function connect(transaction: Transaction, graph: Key, origin: LinkEnd, target: LinkEnd): LinkRecord {
  const { type } = outputAt(transaction, graph, origin);
  inputAt(transaction, graph, target);
  const feeding = linksInto(transaction, graph, target);
  const same = feeding.find((link) => meets(link.origin, origin.node, origin.slot));
  for (const link of feeding) if (link !== same) disconnect(transaction, link.key);
  if (same) return same;

  const id = newId(transaction, graph, "link");
  const link: LinkRecord = {
    kind: "link",
    key: linkKey(graph, id),
    graph,
    place: transaction.nextPlace(),
    id,
    floating: false,
    origin,
    target,
    type,
    parent: null,
    source: BLANK_LINK[transaction.need(graph, "graph").form],
  };
  transaction.put(link);
  return link;
}

/**
 * Move a link to other ends, in the place of what fed that input. It keeps its id and its bends. Links share bends only
 * where they leave the same output, so of those that do all are to be moved to another.
 */
export function moveLink(transaction: Transaction, key: Key, origin: LinkEnd, target: LinkEnd): LinkRecord {
  const { graph } = transaction.need(key, "link");
  const { type } = outputAt(transaction, graph, origin);
  inputAt(transaction, graph, target);
  for (const feeding of linksInto(transaction, graph, target)) {
    if (feeding.key !== key) disconnect(transaction, feeding.key);
  }
  const moved = { ...transaction.need(key, "link"), origin, target, type };
  transaction.put(moved);
  return moved;
}

/** Remove a link, and the reroutes that no other runs through. */
export function disconnect(transaction: Transaction, key: Key): void {
  const { graph, parent } = transaction.need(key, "link");
  transaction.remove(key);
  if (parent === null) return;
  const reroutes = transaction.members(graph, "reroute");
  const through = linksThrough(transaction.members(graph, "link"), reroutes);
  for (const { id, key } of courseTo(parent, rerouteById(reroutes))) {
    if (!through.has(String(id))) transaction.remove(key);
  }
}

/**
 * Bend a link where it is nearest to its target, or right before one of the bends it has: then all links that run through
 * that one are bent.
 */
export function addReroute(
  transaction: Transaction,
  link: Key,
  position: Point,
  before: RerouteRecord | null = null,
): RerouteRecord {
  const bent = before ?? transaction.need(link, "link");
  const id = newId(transaction, bent.graph, "reroute");
  const reroute: RerouteRecord = {
    kind: "reroute",
    key: rerouteKey(bent.graph, id),
    graph: bent.graph,
    place: transaction.nextPlace(),
    id,
    position,
    parent: bent.parent,
    linked: [],
    source: BLANK_REROUTE,
  };
  transaction.put(reroute);
  transaction.put({ ...bent, parent: id });
  return reroute;
}

export function moveReroute(transaction: Transaction, key: Key, position: Point): void {
  transaction.put({ ...transaction.need(key, "reroute"), position });
}

/** Take a bend out of the links that run through it. What hung on it with a loose end goes with it. */
export function removeReroute(transaction: Transaction, key: Key): void {
  const { graph, id, parent } = transaction.need(key, "reroute");
  for (const kind of ["link", "reroute"] as const) {
    for (const record of transaction.members(graph, kind)) {
      if (record.parent === null || String(record.parent) !== String(id)) continue;
      const loose = record.kind === "link" && record.floating && parent === null;
      if (loose) transaction.remove(record.key);
      else transaction.put({ ...record, parent });
    }
  }
  transaction.remove(key);
}

function outputAt(document: DocumentReader, graph: Key, { node, slot }: LinkEnd): Socket {
  const sockets =
    node === SUBGRAPH_INPUT
      ? document.need(graph, "graph").inputs
      : document.need(nodeKey(graph, node), "node").outputs;
  return socketAt(sockets, "output", node, slot);
}

function inputAt(document: DocumentReader, graph: Key, { node, slot }: LinkEnd): Socket {
  const sockets =
    node === SUBGRAPH_OUTPUT
      ? document.need(graph, "graph").outputs
      : document.need(nodeKey(graph, node), "node").inputs;
  return socketAt(sockets, "input", node, slot);
}

function socketAt(sockets: readonly Socket[], side: string, node: LinkEnd["node"], slot: number): Socket {
  const socket = sockets[slot];
  if (socket === undefined) throw new RangeError(`node ${node} has no ${side} ${slot}`);
  return socket;
}

function meets(end: LinkEnd, node: LinkEnd["node"], slot: number): boolean {
  return String(end.node) === String(node) && end.slot === slot;
}
