/**
 * Adding, changing and removing nodes. Knows no node classes: who adds a node says which sockets and widgets it has.
 */

import { BLANK_NODE } from "./blanks";
import { disconnect } from "./edit-links";
import { newSocket, type NewSocket } from "./edit-sockets";
import { newId } from "./ids";
import { EMPTY, isList, withKey, type Json, type JsonObject } from "./json";
import { MODE, nodeKey, type Key, type NodeRecord } from "./records";
import type { Transaction } from "./store";

export interface NewNode extends Pick<NodeRecord, "classId" | "position" | "size"> {
  readonly inputs?: readonly NewSocket[];
  readonly outputs?: readonly NewSocket[];
  readonly widgets?: readonly Json[];
  readonly properties?: JsonObject;
}

export function addNode(transaction: Transaction, graph: Key, node: NewNode): NodeRecord {
  const { inputs = [], outputs = [], widgets = [], properties = EMPTY } = node;
  const id = newId(transaction, graph, "node");
  const added: NodeRecord = {
    kind: "node",
    key: nodeKey(graph, id),
    graph,
    place: transaction.nextPlace(),
    id,
    classId: node.classId,
    title: null,
    position: node.position,
    size: node.size,
    order: transaction.members(graph, "node").length,
    mode: MODE.active,
    collapsed: false,
    pinned: false,
    color: null,
    background: null,
    inputs: inputs.map((socket) => newSocket("inputs", socket)),
    outputs: outputs.map((socket) => newSocket("outputs", socket)),
    widgets,
    namedWidgets: null,
    properties,
    source: BLANK_NODE,
  };
  transaction.put(added);
  return added;
}

/** Remove nodes with their links. */
export function removeNodes(transaction: Transaction, keys: Iterable<Key>): void {
  for (const key of keys) {
    const { graph, id } = transaction.need(key, "node");
    for (const link of transaction.linksAt(graph, id)) disconnect(transaction, link.key);
    transaction.remove(key);
  }
}

/**
 * What can be changed of a node by naming its new value: rename it, mute or bypass it, collapse, pin, colour, resize
 * it.
 */
export type NodeChange = Partial<
  Pick<NodeRecord, "title" | "mode" | "collapsed" | "pinned" | "color" | "background" | "position" | "size">
>;

export function editNodes(transaction: Transaction, keys: Iterable<Key>, change: NodeChange): void {
  for (const key of keys) transaction.put({ ...transaction.need(key, "node"), ...change });
}

/** A widget by its place in the node's list and by its name, for files that keep values by name. */
export interface WidgetSlot {
  readonly index: number;
  readonly name: string;
}

export function setWidget(transaction: Transaction, key: Key, slot: WidgetSlot, value: Json): void {
  const node = transaction.need(key, "node");
  const { widgets, namedWidgets: named } = node;
  const onlyNamed = widgets === null && named !== null;
  transaction.put({
    ...node,
    widgets: onlyNamed ? null : withValue(widgets, slot, value),
    namedWidgets: onlyNamed || named?.has(slot.name) ? withKey(named, slot.name, value) : named,
  });
}

function withValue(widgets: NodeRecord["widgets"], { index, name }: WidgetSlot, value: Json): NodeRecord["widgets"] {
  if (widgets !== null && !isList(widgets)) return withKey(widgets, name, value);
  const list = [...(widgets ?? [])];
  while (list.length < index) list.push(null);
  list[index] = value;
  return list;
}
