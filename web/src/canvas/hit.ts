/**
 * What lies at a point of the plane. The scene answers it, at every zoom and whoever draws; gestures ask it and nothing
 * else, so what is seen and what is hit cannot come apart.
 */

import type { Side } from "../document/edit-sockets";
import type { Bounds, Id, Key, LinkEnd, Point, Size } from "../document/records";

export type Hit =
  | { readonly kind: "socket"; readonly socket: SocketPlace }
  /** `index` is that in the face's list. */
  | { readonly kind: "widget"; readonly node: Key; readonly index: number }
  | { readonly kind: "title" | "body" | "collapse" | "resize"; readonly node: Key }
  | { readonly kind: "reroute"; readonly reroute: Key }
  /** `at`: the point of the link nearest to the one asked for. */
  | { readonly kind: "link"; readonly link: Key; readonly at: Point }
  | { readonly kind: "group-title" | "group-resize"; readonly group: Key }
  /** The box of a subgraph's own inputs or outputs. */
  | { readonly kind: "border"; readonly side: Side }
  | { readonly kind: "nothing" };

/** A socket that is drawn, be it a node's or a subgraph's own. */
export interface SocketPlace {
  /** A node's id, SUBGRAPH_INPUT or SUBGRAPH_OUTPUT. */
  readonly end: LinkEnd;
  /** Which list of its node it is in. Links leave from `outputs`, so a subgraph's own inputs count as outputs inside. */
  readonly side: Side;
  readonly type: string;
  readonly name: string;
  /** The middle of its dot. */
  readonly at: Point;
}

export interface NearLink {
  readonly link: Key;
  /** Its point that is nearest. */
  readonly at: Point;
}

/** The drawn graph, as far as gestures and commands need it. All in units of the plane. */
export interface SceneReader {
  hit(point: Point, scale: number): Hit;
  /** The link nearest to a point, whatever is drawn above it, and no further than `reach`. `fits` may leave links out. */
  linkNear(point: Point, reach: number, fits?: (link: Key) => boolean): NearLink | null;
  /** The nodes, groups and reroutes that overlap a rectangle. */
  within(bounds: Bounds): Key[];
  /** With its title; for collapsed nodes what is left of them. Undefined where nothing is drawn of it. */
  boundsOf(key: Key): Bounds | undefined;
  /** Around all of these; null for none. */
  around(keys: Iterable<Key>): Bounds | null;
  /** What a node needs to show all that is in it, its title aside. Undefined for all else. */
  leastSize(key: Key): Size | undefined;
  /** Everything in the graph that is shown; null where it is empty. */
  everything(): Bounds | null;
  socket(node: Id, side: Side, slot: number): SocketPlace | undefined;
  /** Behind a subgraph's own inputs, or outputs: linking to it makes another. Undefined in the root. */
  spareSocket(side: Side): SocketPlace | undefined;
  /** Every socket of that side that is drawn in `bounds`, or anywhere. */
  sockets(side: Side, bounds?: Bounds): Iterable<SocketPlace>;
}
