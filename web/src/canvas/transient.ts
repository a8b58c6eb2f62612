/**
 * What is on the canvas only while somebody's hand is: boxes, loose links, guides, a title being edited. Gestures write
 * it and the canvas draws it; no document knows of it.
 */

import { createStore, type StoreApi } from "zustand/vanilla";

import type { Side } from "../document/edit-sockets";
import type { Bounds, Key, Point } from "../document/records";
import type { SocketPlace } from "./hit";

/** A link that hangs on the pointer with one end, in the plane. */
export interface LooseLink {
  readonly fixed: Point;
  /** The side of the socket it hangs on. */
  readonly side: Side;
  readonly free: Point;
  readonly type: string;
}

export interface Guide {
  readonly from: Point;
  readonly to: Point;
}

/** Where what is dragged would go if it were let go now. */
export type DropTarget =
  { readonly kind: "thing"; readonly key: Key } | { readonly kind: "socket"; readonly socket: SocketPlace };

export interface Transient {
  /** The box that selects what it touches. */
  readonly box: Bounds | null;
  readonly links: readonly LooseLink[];
  /** Links that are drawn by `links` meanwhile, and so not where they were. */
  readonly lifted: ReadonlySet<Key>;
  /** While a link is dragged: the sockets it can end at light up, all others dim. */
  readonly accepts: ((socket: SocketPlace) => boolean) | null;
  readonly target: DropTarget | null;
  /** Why what is dragged cannot be dropped here, beside the pointer. */
  readonly refusal: { readonly at: Point; readonly reason: string } | null;
  readonly guides: readonly Guide[];
  /** The link, reroute or group under the pointer. */
  readonly hover: Key | null;
  /** The node or group whose title is being edited. */
  readonly editing: Key | null;
}

export type TransientStore = StoreApi<Transient>;

export const NOTHING: Transient = {
  box: null,
  links: [],
  lifted: new Set(),
  accepts: null,
  target: null,
  refusal: null,
  guides: [],
  hover: null,
  editing: null,
};

export const createTransient = (): TransientStore => createStore<Transient>(() => NOTHING);
