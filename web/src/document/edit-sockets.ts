/**
 * Giving sockets to a node and taking them away, for widgets that become inputs and for classes with as many inputs as
 * are used. The links at the other sockets stay with them. Which sockets a class may have is asked elsewhere.
 */

import { BLANK_INPUT, BLANK_OUTPUT } from "./blanks";
import { disconnect } from "./edit-links";
import { withKey } from "./json";
import type { Key, LinkRecord, Socket } from "./records";
import type { Transaction } from "./store";

export type Side = "inputs" | "outputs";

export interface NewSocket extends Pick<Socket, "name" | "type"> {
  /** The widget whose value this input takes. */
  readonly widget?: string;
  /** Files draw it in another shape. */
  readonly optional?: boolean;
}

export const OPTIONAL_SHAPE = 7;

export function newSocket(side: Side, { name, type, widget, optional = false }: NewSocket): Socket {
  const blank = side === "inputs" ? BLANK_INPUT : BLANK_OUTPUT;
  const source = optional ? withKey(blank, "shape", OPTIONAL_SHAPE) : blank;
  return { name, type, label: null, widget: widget ?? null, linked: [], source };
}

/** Put a socket before the one at `slot`, or behind all others. */
export function addSocket(transaction: Transaction, key: Key, side: Side, socket: NewSocket, slot = Infinity): void {
  const node = transaction.need(key, "node");
  shiftLinks(transaction, key, side, slot, 1);
  transaction.put({ ...node, [side]: node[side].toSpliced(slot, 0, newSocket(side, socket)) });
}

/** Remove the socket at `slot` with its links. */
export function removeSocket(transaction: Transaction, key: Key, side: Side, slot: number): void {
  const node = transaction.need(key, "node");
  if (node[side][slot] === undefined) throw new RangeError(`node ${node.id} has no socket ${slot} among its ${side}`);
  for (const link of linksFrom(transaction, key, side, slot)) {
    if (link[END[side]].slot === slot) disconnect(transaction, link.key);
  }
  shiftLinks(transaction, key, side, slot, -1);
  transaction.put({ ...node, [side]: node[side].toSpliced(slot, 1) });
}

/** The end of a link that meets a socket of that side. */
const END = { inputs: "target", outputs: "origin" } as const;

function shiftLinks(transaction: Transaction, key: Key, side: Side, slot: number, by: number): void {
  const end = END[side];
  for (const link of linksFrom(transaction, key, side, slot)) {
    transaction.put({ ...link, [end]: { ...link[end], slot: link[end].slot + by } });
  }
}

/** The links at the socket at `slot` and those behind it. */
function linksFrom(transaction: Transaction, key: Key, side: Side, slot: number): LinkRecord[] {
  const { graph, id } = transaction.need(key, "node");
  return transaction.linksAt(graph, id).filter((link) => {
    const end = link[END[side]];
    return String(end.node) === String(id) && end.slot >= slot;
  });
}
