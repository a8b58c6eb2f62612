/** Rectangles of the plane. */

import type { Bounds, Point } from "../document/records";

export const ORIGIN: Point = { x: 0, y: 0 };

export const right = ({ x, width }: Bounds): number => x + width;
export const bottom = ({ y, height }: Bounds): number => y + height;

export function plus(one: Point, other: Point): Point {
  return { x: one.x + other.x, y: one.y + other.y };
}

export function minus(one: Point, other: Point): Point {
  return { x: one.x - other.x, y: one.y - other.y };
}

/** The smallest one around all of these; null around none. */
export function around(boxes: Iterable<Bounds>): Bounds | null {
  const edges = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (const box of boxes) {
    edges.left = Math.min(edges.left, box.x);
    edges.top = Math.min(edges.top, box.y);
    edges.right = Math.max(edges.right, right(box));
    edges.bottom = Math.max(edges.bottom, bottom(box));
  }
  if (edges.left > edges.right) return null;
  return { x: edges.left, y: edges.top, width: edges.right - edges.left, height: edges.bottom - edges.top };
}

/** The one whose opposite corners are these, in any order. */
export function between(one: Point, other: Point): Bounds {
  return {
    x: Math.min(one.x, other.x),
    y: Math.min(one.y, other.y),
    width: Math.abs(one.x - other.x),
    height: Math.abs(one.y - other.y),
  };
}

export function moved(box: Bounds, by: Point): Bounds {
  return { ...box, ...plus(box, by) };
}

/** Larger by `by` on every side. */
export function grown({ x, y, width, height }: Bounds, by: number): Bounds {
  return { x: x - by, y: y - by, width: width + 2 * by, height: height + 2 * by };
}

/** Whether they share more than an edge. */
export function overlap(one: Bounds, other: Bounds): boolean {
  return one.x < right(other) && other.x < right(one) && one.y < bottom(other) && other.y < bottom(one);
}

/** Whether all of `inner` lies in `outer`. */
export function holds(outer: Bounds, inner: Bounds): boolean {
  return outer.x <= inner.x && outer.y <= inner.y && right(inner) <= right(outer) && bottom(inner) <= bottom(outer);
}

export function contains(box: Bounds, { x, y }: Point): boolean {
  return box.x <= x && x <= right(box) && box.y <= y && y <= bottom(box);
}

export function centre({ x, y, width, height }: Bounds): Point {
  return { x: x + width / 2, y: y + height / 2 };
}
