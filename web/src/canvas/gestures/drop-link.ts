/** Where links in the hand may be let go, and what becomes of them there. */

import { faceOf } from "../../classes/face";
import { linksInto } from "../../document/edit-links";
import { link, mayConnect, relink, unlink } from "../../editing/connect";
import type { Side } from "../../document/edit-sockets";
import { nodeKey, type Key, type LinkEnd, type Point } from "../../document/records";
import type { Transaction } from "../../document/store";
import { strings } from "../../i18n/language";
import type { Board } from "../actions/board";
import { grown } from "../bounds";
import type { Hit, SocketPlace } from "../hit";
import type { HeldLink } from "./held-links";

/** How far a socket draws the links in the hand to it, in pixels. */
const PULL = 18;

export type Drop =
  | { readonly kind: "socket"; readonly socket: SocketPlace }
  /** There is something that does not take them. */
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "empty" };

export class LinkDrop {
  private readonly refusals = new Map<string, string | null>();
  /** On which side of nodes the links in the hand can end. */
  private readonly side: Side;

  constructor(
    private readonly board: Board,
    private readonly held: readonly HeldLink[],
  ) {
    this.side = held[0]?.side === "inputs" ? "outputs" : "inputs";
  }

  /** Why the socket does not take what is held; null: it does. */
  refusal(socket: SocketPlace): string | null {
    if (socket.side !== this.side) return strings().gestures.refusals[socket.side];
    const name = `${socket.end.node}:${socket.end.slot}`;
    const known = this.refusals.get(name);
    if (known !== undefined) return known;
    const reason = this.held.map((held) => this.refusalOf(held, socket.end)).find((found) => found !== null) ?? null;
    this.refusals.set(name, reason);
    return reason;
  }

  /** What is at a point of the plane for the links in the hand. */
  at(point: Point, hit: Hit, scale: number): Drop {
    if (hit.kind === "socket") return this.onSocket(hit.socket);
    const near = this.nearest(point, PULL / scale);
    if (near) return { kind: "socket", socket: near };
    if ("node" in hit) return this.onNode(hit.node, hit.kind === "widget" ? hit.index : null);
    if (hit.kind === "border") return this.onBorder(hit.side);
    return { kind: "empty" };
  }

  /** Link what is held to a socket that takes it. */
  link(transaction: Transaction, { end }: SocketPlace): void {
    const { editor } = this.board;
    const catalog = editor.catalog.getState();
    for (const { was, ...held } of this.held) {
      const [origin, target] = held.side === "outputs" ? [held.end, end] : [end, held.end];
      if (was && same(was.origin, origin) && same(was.target, target)) continue;
      if (was && transaction.get(was.key)) relink(transaction, was.key, origin, target, catalog);
      else link(transaction, editor.graph, origin, target, catalog);
    }
  }

  /** Take the links that were picked up away. */
  remove(transaction: Transaction): void {
    const catalog = this.board.editor.catalog.getState();
    for (const { was } of this.held) if (was && transaction.get(was.key)) unlink(transaction, was.key, catalog);
  }

  private refusalOf({ end, side, was }: HeldLink, other: LinkEnd): string | null {
    const { editor } = this.board;
    const [origin, target] = side === "outputs" ? [end, other] : [other, end];
    if (was && same(was.origin, origin) && same(was.target, target)) return null; // back to where it was
    const { store } = editor.document;
    return mayConnect(store, editor.graph, origin, target, editor.catalog.getState())?.reason ?? null;
  }

  private onSocket(socket: SocketPlace): Drop {
    const reason = this.refusal(socket);
    return reason === null ? { kind: "socket", socket } : { kind: "refused", reason };
  }

  /** The socket of the widget, or else the first that takes what is held: one that is free, if there is one. */
  private onNode(key: Key, widget: number | null): Drop {
    const sockets = this.socketsOf(key);
    const own = widget === null ? undefined : sockets.find((socket) => this.widgetOf(key, socket) === widget);
    if (own) return this.onSocket(own);
    const taking = sockets.filter((socket) => this.refusal(socket) === null && this.widgetOf(key, socket) === null);
    const exact = taking.filter(({ type }) => type === this.held[0]?.type);
    const free = (socket: SocketPlace): boolean => this.side === "outputs" || !this.linked(socket.end);
    const best = exact.find(free) ?? taking.find(free) ?? exact[0] ?? taking[0];
    if (best) return { kind: "socket", socket: best };
    const [first] = sockets;
    const words = strings().gestures.refusals;
    if (!first) return { kind: "refused", reason: words.none[this.side] };
    return { kind: "refused", reason: sockets.length === 1 ? (this.refusal(first) ?? "") : this.nothingFits() };
  }

  private nothingFits(): string {
    const type = this.held[0]?.type ?? "*";
    const words = strings().gestures.refusals;
    return this.side === "inputs" ? words.takesNone(type) : words.givesNone(type);
  }

  /** The socket behind the last one of a subgraph's own: linking to it adds it. */
  private onBorder(side: Side): Drop {
    const spare = this.board.scene.spareSocket(side);
    return spare ? this.onSocket(spare) : { kind: "empty" };
  }

  private nearest(point: Point, reach: number): SocketPlace | null {
    const around = grown({ ...point, width: 0, height: 0 }, reach);
    let best: SocketPlace | null = null;
    let least = reach;
    for (const socket of this.board.scene.sockets(this.side, around)) {
      const distance = Math.hypot(socket.at.x - point.x, socket.at.y - point.y);
      if (distance > least || this.refusal(socket) !== null) continue;
      least = distance;
      best = socket;
    }
    return best;
  }

  private linked(end: LinkEnd): boolean {
    const { document, graph } = this.board.editor;
    return linksInto(document.store, graph, end).length > 0;
  }

  /** The index of the widget whose value the socket gives. */
  private widgetOf(key: Key, { side, end }: SocketPlace): number | null {
    if (side === "outputs") return null;
    const { document, catalog } = this.board.editor;
    const { inputs } = faceOf(document.store, key, catalog.getState());
    return inputs.find(({ slot }) => slot === end.slot)?.widget ?? null;
  }

  private socketsOf(key: Key): SocketPlace[] {
    const bounds = this.board.scene.boundsOf(key);
    if (!bounds) return [];
    return [...this.board.scene.sockets(this.side, grown(bounds, 1))].filter(
      ({ end }) => nodeKey(this.board.editor.graph, end.node) === key,
    );
  }
}

const same = (one: LinkEnd, other: LinkEnd): boolean =>
  String(one.node) === String(other.node) && one.slot === other.slot;
