/**
 * The sockets at the ends of links: what there is, and adding what a class has beyond the file. Inside of a subgraph its
 * own inputs and outputs are ends too, and the one behind the last of them is a new one.
 */

import type { Catalog } from "../classes/catalog";
import { faceOf } from "../classes/face";
import type { NodeFace, SocketFace } from "../classes/types";
import { addSocket, newSocket, type Side } from "../document/edit-sockets";
import { type Json } from "../document/json";
import {
  nodeKey,
  SUBGRAPH_INPUT,
  SUBGRAPH_OUTPUT,
  type Key,
  type LinkEnd,
  type NodeRecord,
  type Socket,
} from "../document/records";
import type { DocumentReader, Transaction } from "../document/store";
import { uuid } from "../document/uuid";

/** What is known of a socket that a link may meet. */
export interface End {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  /** The node it is at; null at the borders of a subgraph. */
  readonly face: NodeFace | null;
  readonly socket: SocketFace | null;
}

/** Links leave from `outputs`, so a subgraph's own inputs are those of SUBGRAPH_INPUT. Null: there is none. */
export function endAt(document: DocumentReader, catalog: Catalog, graph: Key, side: Side, at: LinkEnd): End | null {
  if (isBorder(at)) {
    const sockets = borderSockets(document, graph, at);
    const socket = sockets[at.slot];
    if (socket === undefined) return at.slot === sockets.length ? { ...NEW_SOCKET } : null;
    return { name: socket.name, label: socket.label ?? socket.name, type: socket.type, face: null, socket: null };
  }
  const key = nodeKey(graph, at.node);
  if (document.get(key) === undefined) return null;
  const face = faceOf(document, key, catalog);
  const socket = face[side][at.slot];
  return socket === undefined ? null : { name: socket.name, label: socket.label, type: socket.type, face, socket };
}

const NEW_SOCKET: End = { name: "", label: "", type: "*", face: null, socket: null };

export function isBorder({ node }: LinkEnd): boolean {
  return String(node) === String(SUBGRAPH_INPUT) || String(node) === String(SUBGRAPH_OUTPUT);
}

function borderSockets(document: DocumentReader, graph: Key, { node }: LinkEnd): readonly Socket[] {
  const { id, inputs, outputs } = document.need(graph, "graph");
  if (id === null) return [];
  return String(node) === String(SUBGRAPH_INPUT) ? inputs : outputs;
}

/**
 * Have the file hold the socket at an end, and say where it does. `other` is what is to be linked to it: a new socket at
 * a border takes its name and type.
 */
export function holdSocket(
  transaction: Transaction,
  catalog: Catalog,
  graph: Key,
  side: Side,
  at: LinkEnd,
  other: End,
): LinkEnd {
  if (isBorder(at)) {
    if (at.slot >= borderSockets(transaction, graph, at).length) addBorderSocket(transaction, graph, at, other);
    return at;
  }
  const key = nodeKey(graph, at.node);
  const node = transaction.need(key, "node");
  const there = node[side].length;
  const face = faceOf(transaction, key, catalog);
  if (at.slot < there) {
    if (side === "inputs") markWidget(transaction, node, face, at.slot);
    return at;
  }
  const wanted = face[side][at.slot];
  if (wanted === undefined) throw new RangeError(`node ${at.node} has no socket ${at.slot} among its ${side}`);
  // Outputs are told by their number, so those before it come along; inputs by their name.
  const added = side === "outputs" ? face.outputs.slice(there, at.slot + 1) : [wanted];
  for (const { name, type, optional, widget } of added) {
    const marked = widget === null ? {} : { widget: face.widgets[widget]?.name ?? name };
    addSocket(transaction, key, side, { name, type, optional: optional && widget === null, ...marked });
  }
  return { node: at.node, slot: transaction.need(key, "node")[side].length - 1 };
}

/** A widget keeps its place in the list of values only where its socket says what it is, once it is linked. */
function markWidget(transaction: Transaction, node: NodeRecord, { inputs, widgets }: NodeFace, slot: number): void {
  const widget = widgets[inputs[slot]?.widget ?? -1];
  if (widget === undefined || node.inputs[slot]?.widget !== null) return;
  const marked = node.inputs.map((socket, at) => (at === slot ? { ...socket, widget: widget.name } : socket));
  transaction.put({ ...node, inputs: marked });
}

function addBorderSocket(transaction: Transaction, graph: Key, { node }: LinkEnd, { name, type }: End): void {
  const record = transaction.need(graph, "graph");
  const side = String(node) === String(SUBGRAPH_INPUT) ? "inputs" : "outputs";
  const source = new Map<string, Json>([
    ["id", uuid()],
    ["name", ""],
    ["type", ""],
    ["linkIds", []],
  ]);
  const named = freeName(name || type, new Set(record[side].map((socket) => socket.name)));
  transaction.put({ ...record, [side]: [...record[side], { ...newSocket(side, { name: named, type }), source }] });
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let number = 1; taken.has(free); number += 1) free = `${name}_${number}`;
  return free;
}
