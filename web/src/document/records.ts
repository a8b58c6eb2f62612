/**
 * What a document consists of: one record for each graph, node, link, reroute and group. Records are never changed in
 * place; an edit puts another in the place of one. A note is a node of class Note or MarkdownNote. Knows neither files
 * nor edits.
 *
 * A record is typed where the editor needs it, and keeps the JSON it was read from as its `source`. What is written is
 * that JSON with the fields that differ from it put in, so all that the editor does not know of comes back as it was. A
 * new record's `source` is a blank.
 *
 * Links are told by the link records alone. What a file repeats of them at the nodes, at the borders of a subgraph and
 * at the reroutes is made anew from them in writing, so the two ends of a link cannot come to say different things.
 */

import type { Json, JsonObject } from "./json";

/** Names one record in its document. */
export type Key = string;

/** What a file calls a node, link, group, reroute or subgraph; unique among its kind in one graph. */
export type Id = string | number;

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Bounds extends Point, Size {}

interface RecordBase {
  readonly key: Key;
  /** The graph this record is in; for a subgraph, the one whose file part holds its definition; for the root, null. */
  readonly graph: Key | null;
  /**
   * Where it stands among its kind in the file: what stands later is drawn above. Gaps are allowed, and fractions too.
   */
  readonly place: number;
}

interface GraphPart extends RecordBase {
  readonly graph: Key;
}

/** The root graph or the definition of a subgraph, of which each node of class `id` is an instance. */
export interface GraphRecord extends RecordBase {
  readonly kind: "graph";
  /** Null for the root. */
  readonly id: string | null;
  /** Where this graph's part of the file keeps counters, reroutes and links. */
  readonly form: Form;
  readonly name: string | null;
  /** The last ids given out. */
  readonly counters: Counters;
  /** A subgraph's own sockets, which its links meet at nodes SUBGRAPH_INPUT and SUBGRAPH_OUTPUT. */
  readonly inputs: readonly Socket[];
  readonly outputs: readonly Socket[];
  /** Where those two are drawn. */
  readonly inputBounds: Bounds | null;
  readonly outputBounds: Bounds | null;
  readonly source: JsonObject;
}

/** Of a file's graphs the root has the file's own form; definitions are in the newer one. */
export type Form = "0.4" | "1.0";

export interface Counters {
  readonly node: number;
  readonly link: number;
  readonly group: number;
  readonly reroute: number;
}

export interface NodeRecord extends GraphPart {
  readonly kind: "node";
  readonly id: Id;
  /** A node class, a class that only the editor knows (Reroute, Note), or the id of a subgraph. */
  readonly classId: string;
  readonly title: string | null;
  readonly position: Point;
  readonly size: Size;
  /** The order in which the nodes ran when the file was saved. */
  readonly order: number;
  /** One of MODE; another number is an old one that runs as `active`. */
  readonly mode: number;
  readonly collapsed: boolean;
  readonly pinned: boolean;
  readonly color: string | null;
  readonly background: string | null;
  readonly inputs: readonly Socket[];
  readonly outputs: readonly Socket[];
  /** In widget order, or by name as some packs save them. */
  readonly widgets: readonly Json[] | JsonObject | null;
  /** The same by name, as newer files add them; the list is what holds. */
  readonly namedWidgets: JsonObject | null;
  readonly properties: JsonObject;
  readonly source: JsonObject;
}

export const MODE = { active: 0, muted: 2, bypassed: 4 } as const;

export interface Socket {
  readonly name: string;
  readonly type: string;
  readonly label: string | null;
  /** The widget whose value this input takes. */
  readonly widget: string | null;
  /**
   * The links it had when it was read: until it has others, the socket's own list in the file stays as it is, wrong or
   * not.
   */
  readonly linked: readonly Id[];
  readonly source: Json;
}

export interface LinkRecord extends GraphPart {
  readonly kind: "link";
  readonly id: Id;
  /** Hangs on a reroute with one end free; no value flows through it. */
  readonly floating: boolean;
  readonly origin: LinkEnd;
  readonly target: LinkEnd;
  readonly type: string;
  /** The last reroute it runs through. */
  readonly parent: Id | null;
  readonly source: Json;
}

export interface LinkEnd {
  readonly node: Id;
  readonly slot: number;
}

/** The nodes that links inside a subgraph name where they meet its own inputs and outputs. */
export const SUBGRAPH_INPUT = -10;
export const SUBGRAPH_OUTPUT = -20;

/** A bend in the course of links. They run from their origin through `parent` and its parents first. */
export interface RerouteRecord extends GraphPart {
  readonly kind: "reroute";
  readonly id: Id;
  readonly position: Point;
  readonly parent: Id | null;
  /** As `linked` of a socket. */
  readonly linked: readonly Id[];
  readonly source: JsonObject;
}

/** A titled frame. What lies in it belongs to it by place alone. */
export interface GroupRecord extends GraphPart {
  readonly kind: "group";
  /** Older files give groups none. */
  readonly id: Id | null;
  readonly title: string;
  readonly bounds: Bounds;
  readonly color: string | null;
  readonly fontSize: number | null;
  readonly pinned: boolean;
  readonly source: JsonObject;
}

/** An entry of one of the file's lists that could not be read. It is kept and written back, and nothing else. */
export interface OpaqueRecord extends GraphPart {
  readonly kind: "opaque";
  readonly list: ListName;
  readonly source: Json;
}

export type ListName =
  "nodes" | "links" | "floatingLinks" | "groups" | "reroutes" | "linkExtensions" | "definitions.subgraphs";

export type DocumentRecord = GraphRecord | NodeRecord | LinkRecord | RerouteRecord | GroupRecord | OpaqueRecord;
export type Kind = DocumentRecord["kind"];
export type RecordOf<K extends Kind> = Extract<DocumentRecord, { kind: K }>;

export const ROOT: Key = "graph";

export const graphKey = (id: string): Key => `graph:${id}`;
export const nodeKey = (graph: Key, id: Id): Key => `${graph}/node:${id}`;
export const linkKey = (graph: Key, id: Id): Key => `${graph}/link:${id}`;
export const floatingLinkKey = (graph: Key, id: Id): Key => `${graph}/floating:${id}`;
export const rerouteKey = (graph: Key, id: Id): Key => `${graph}/reroute:${id}`;
export const groupKey = (graph: Key, id: Id): Key => `${graph}/group:${id}`;
