/** What lies at a point of a scene: what is drawn above is found first. */

import type { Bounds, Key, Point } from "../document/records";
import { contains, grown } from "./bounds";
import { nearest } from "./curves";
import type { Hit, NearLink, SocketPlace } from "./hit";
import { DOM_SCALE, ROW_SCALE } from "./look";
import type { Scene } from "./scene";
import { groupTitleHeight, REROUTE_RADIUS, socketsOf, type NodeShape } from "./shapes";

/** How far from a dot's middle one may be, in pixels at most and in the plane at least. */
const SOCKET_REACH = 10;
const LINK_REACH = 6;
/** Of the corner by which things are resized. */
const CORNER = 14;
/** Of the arrow in the title that collapses. */
const CARET = 26;

export function hitScene(scene: Scene, point: Point, scale: number): Hit {
  const reach = (pixels: number): number => Math.max(pixels, pixels / scale);
  const near = (by: number): Bounds => grown({ ...point, width: 0, height: 0 }, by);

  for (const node of scene.nodesIn(near(SOCKET_REACH)).reverse()) {
    const hit = hitNode(node, point, scale);
    if (hit) return hit;
  }
  for (const { key, record } of scene.reroutesIn(near(reach(REROUTE_RADIUS)))) {
    const { x, y } = record.position;
    if (Math.hypot(x - point.x, y - point.y) <= reach(REROUTE_RADIUS)) return { kind: "reroute", reroute: key };
  }
  for (const { side, bounds, sockets } of scene.bordersIn(near(1))) {
    const socket = sockets.find(({ at }) => Math.hypot(at.x - point.x, at.y - point.y) <= SOCKET_REACH);
    if (socket) return { kind: "socket", socket };
    if (contains(bounds, point)) return { kind: "border", side };
  }
  const link = nearestLink(scene, point, reach(LINK_REACH));
  if (link) return { kind: "link", ...link };
  return hitGroup(scene, point, scale) ?? { kind: "nothing" };
}

function hitNode(node: NodeShape, point: Point, scale: number): Hit | null {
  const { key, record, look, bounds } = node;
  const { layout } = look;
  const socket = scale >= ROW_SCALE && !layout.collapsed ? socketAt(node, point) : undefined;
  if (socket) return { kind: "socket", socket };
  if (!contains(bounds, point)) return null;

  const [x, y] = [point.x - record.position.x, point.y - record.position.y];
  const near = scale >= DOM_SCALE;
  if (layout.title > 0 && y < 0) return { kind: near && x < CARET ? "collapse" : "title", node: key };
  if (near && x > layout.size.width - CORNER && y > layout.size.height - CORNER) return { kind: "resize", node: key };
  const index = near ? layout.widgets.findIndex((widget) => contains(widget, { x, y })) : -1;
  return index >= 0 ? { kind: "widget", node: key, index } : { kind: "body", node: key };
}

function socketAt(node: NodeShape, point: Point): SocketPlace | undefined {
  for (const side of ["inputs", "outputs"] as const) {
    for (const place of socketsOf(node, side)) {
      if (Math.hypot(place.at.x - point.x, place.at.y - point.y) <= SOCKET_REACH) return place;
    }
  }
  return undefined;
}

export function nearestLink(
  scene: Scene,
  point: Point,
  reach: number,
  fits: (link: Key) => boolean = () => true,
): NearLink | null {
  let best: NearLink | null = null;
  let least = reach;
  for (const { key, curves } of scene.linksIn(grown({ ...point, width: 0, height: 0 }, reach))) {
    for (const curve of curves) {
      const { at, distance } = nearest(curve, point);
      if (distance > least || !fits(key)) continue;
      least = distance;
      best = { link: key, at };
    }
  }
  return best;
}

function hitGroup(scene: Scene, point: Point, scale: number): Hit | null {
  for (const { key, record, bounds } of scene.groupsIn({ ...point, width: 1, height: 1 }).reverse()) {
    const corner = Math.max(CORNER, CORNER / scale);
    const [right, bottom] = [bounds.x + bounds.width - point.x, bounds.y + bounds.height - point.y];
    if (right < corner && bottom < corner) return { kind: "group-resize", group: key };
    if (point.y - bounds.y <= groupTitleHeight(record)) return { kind: "group-title", group: key };
  }
  return null;
}
