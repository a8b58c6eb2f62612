/**
 * What a graph is drawn as: nodes, links, bends, groups and the borders of a subgraph, each a value of its own with the
 * bounds that it is found by. A shape is made anew when what it shows changed, and only then.
 */

import type { NodeFace } from "../classes/types";
import type { Side } from "../document/edit-sockets";
import {
  MODE,
  SUBGRAPH_INPUT,
  SUBGRAPH_OUTPUT,
  type Bounds,
  type GraphRecord,
  type GroupRecord,
  type Id,
  type Key,
  type LinkRecord,
  type NodeRecord,
  type Point,
  type RerouteRecord,
} from "../document/records";
import { boundsOfCurves, curvesThrough, type Curve } from "./curves";
import type { SocketPlace } from "./hit";
import { layoutOf, ROW_HEIGHT, type NodeLayout, type Shown } from "./layout";
import { loadedPicture } from "./pictures";

export interface NodeShape {
  readonly key: Key;
  readonly record: NodeRecord;
  /** The very same object while the node does nothing but move. */
  readonly look: NodeLook;
  readonly bounds: Bounds;
}

export interface NodeLook {
  readonly face: NodeFace;
  readonly layout: NodeLayout;
  /** The input slots that a link comes into. */
  readonly linked: ReadonlySet<number>;
}

export interface LinkShape {
  readonly key: Key;
  readonly record: LinkRecord;
  readonly curves: readonly Curve[];
  readonly bounds: Bounds;
  readonly type: string;
  /** Nothing flows: a node at its end is muted or bypassed, or it hangs loose. */
  readonly idle: boolean;
  /** The reroutes it runs through, by id, whether they exist or not; the one nearest to its target first. */
  readonly course: readonly string[];
}

export interface RerouteShape {
  readonly key: Key;
  readonly record: RerouteRecord;
  readonly bounds: Bounds;
}

export interface GroupShape {
  readonly key: Key;
  readonly record: GroupRecord;
  readonly bounds: Bounds;
}

/** The box of a subgraph's own inputs, at the left, or outputs. */
export interface BorderShape {
  readonly side: Side;
  readonly bounds: Bounds;
  readonly sockets: readonly SocketPlace[];
  /** Behind the last socket: a link dropped here makes another. */
  readonly spare: Point;
}

export const REROUTE_RADIUS = 7;
/** Of a dot, as it is drawn. */
export const SOCKET_RADIUS = 5;

export function nodeShape(record: NodeRecord, look: NodeLook): NodeShape {
  const { x, y } = record.position;
  const { bounds } = look.layout;
  return { key: record.key, record, look, bounds: { ...bounds, x: x + bounds.x, y: y + bounds.y } };
}

/** `shown`: what the last run made of it. */
export function nodeLook(face: NodeFace, linked: ReadonlySet<number>, shown: Shown): NodeLook {
  const picture = shown.picture || loadedPicture(face) !== null;
  return { face, linked, layout: layoutOf(face, { ...shown, picture }) };
}

/** Whether the one record is the other but for its position. */
export function onlyMoved(before: NodeRecord, after: NodeRecord): boolean {
  for (const name of Object.keys(after) as (keyof NodeRecord)[]) {
    if (name !== "position" && before[name] !== after[name]) return false;
  }
  return true;
}

/** A node's socket by its slot in the file. */
export function socketOf({ record, look }: NodeShape, side: Side, slot: number): SocketPlace | undefined {
  const index = look.face[side].findIndex((socket) => socket.slot === slot);
  return index < 0 ? undefined : placeOf(record, look, side, index);
}

/** All of a node's sockets on that side. */
export function* socketsOf({ record, look }: NodeShape, side: Side): Generator<SocketPlace> {
  for (let index = 0; index < look.face[side].length; index += 1) {
    const place = placeOf(record, look, side, index);
    if (place) yield place;
  }
}

function placeOf(record: NodeRecord, { face, layout }: NodeLook, side: Side, index: number): SocketPlace | undefined {
  const [socket, dot] = [face[side][index], layout[side][index]];
  if (!socket || !dot) return undefined;
  const { type, name, slot } = socket;
  const at = { x: record.position.x + dot.x, y: record.position.y + dot.y };
  return { end: { node: record.id, slot }, side, type, name, at };
}

export interface LinkSurroundings {
  readonly reroute: (id: string) => RerouteRecord | undefined;
  readonly node: (id: Id) => NodeShape | undefined;
  readonly border: (side: Side) => BorderShape | undefined;
}

export function linkShape(record: LinkRecord, surroundings: LinkSurroundings): LinkShape {
  const [origin, target] = [endOf(record, "outputs", surroundings), endOf(record, "inputs", surroundings)];
  const course: string[] = [];
  const bends: Point[] = [];
  for (let id = record.parent; id !== null && !course.includes(String(id));) {
    course.push(String(id));
    const reroute = surroundings.reroute(String(id));
    if (reroute) bends.unshift(reroute.position);
    id = reroute?.parent ?? null;
  }
  const curves = curvesThrough([...(origin ? [origin.at] : []), ...bends, ...(target ? [target.at] : [])]);
  const anywhere = { x: 0, y: 0, width: 0, height: 0 };
  return {
    key: record.key,
    record,
    curves,
    bounds: boundsOfCurves(curves) ?? anywhere,
    type: origin && origin.type !== "*" ? origin.type : record.type,
    idle: record.floating || (origin?.idle ?? true) || (target?.idle ?? true),
    course,
  };
}

interface LinkTip {
  readonly at: Point;
  readonly type: string;
  readonly idle: boolean;
}

/** Where a link begins (outputs) or ends (inputs); null where there is nothing. */
function endOf(record: LinkRecord, side: Side, { node, border }: LinkSurroundings): LinkTip | null {
  const end = side === "outputs" ? record.origin : record.target;
  if (end.node === (side === "outputs" ? SUBGRAPH_INPUT : SUBGRAPH_OUTPUT)) {
    const socket = border(side === "outputs" ? "inputs" : "outputs")?.sockets[end.slot];
    return socket ? { ...socket, idle: false } : null;
  }
  const shape = node(end.node);
  if (!shape) return null;
  const { mode, position } = shape.record;
  const idle = mode === MODE.muted || mode === MODE.bypassed;
  const socket = socketOf(shape, side, end.slot);
  if (socket) return { ...socket, idle };
  // The file names a socket that the node has not: the link ends at its title, where it can be seen and mended.
  const { title, size } = shape.look.layout;
  return { at: { x: position.x + (side === "outputs" ? size.width : 0), y: position.y - title / 2 }, type: "*", idle };
}

export function rerouteShape(record: RerouteRecord): RerouteShape {
  const { x, y } = record.position;
  const [left, top, size] = [x - REROUTE_RADIUS, y - REROUTE_RADIUS, 2 * REROUTE_RADIUS];
  return { key: record.key, record, bounds: { x: left, y: top, width: size, height: size } };
}

export const groupShape = (record: GroupRecord): GroupShape => ({ key: record.key, record, bounds: record.bounds });

export const DEFAULT_FONT_SIZE = 24;
export const groupTitleHeight = ({ fontSize }: Pick<GroupRecord, "fontSize">): number =>
  1.4 * (fontSize ?? DEFAULT_FONT_SIZE);

const BORDER_WIDTH = 120;
const BORDER_PADDING = 10;

/** `beside`: what lies between both borders, for files that do not say where they are. */
export function borderShape(graph: GraphRecord, side: Side, beside: Bounds | null): BorderShape {
  const sockets = graph[side];
  const bounds = borderBounds(graph, side, sockets.length, beside);
  const atInputs = side === "inputs";
  const dot = (index: number): Point => ({
    x: atInputs ? bounds.x + bounds.width - 2 * BORDER_PADDING : bounds.x + 2 * BORDER_PADDING,
    y: bounds.y + BORDER_PADDING + ROW_HEIGHT * (index + 0.5),
  });
  return {
    side,
    bounds,
    sockets: sockets.map(({ name, label, type }, slot) => ({
      end: { node: atInputs ? SUBGRAPH_INPUT : SUBGRAPH_OUTPUT, slot },
      side: atInputs ? "outputs" : "inputs",
      type,
      name: label ?? name,
      at: dot(slot),
    })),
    spare: dot(sockets.length),
  };
}

function borderBounds(graph: GraphRecord, side: Side, sockets: number, beside: Bounds | null): Bounds {
  const height = 2 * BORDER_PADDING + ROW_HEIGHT * (sockets + 1);
  const given = side === "inputs" ? graph.inputBounds : graph.outputBounds;
  if (given) {
    return { ...given, width: Math.max(given.width, BORDER_WIDTH), height: Math.max(given.height, height) };
  }
  const { x, y, width } = beside ?? { x: 0, y: 0, width: 0 };
  return { x: side === "inputs" ? x - BORDER_WIDTH - 60 : x + width + 60, y, width: BORDER_WIDTH, height };
}
