/** The curves that links are drawn as: level where they leave and arrive. Knows no documents. */

import type { Bounds, Point } from "../document/records";
import { around } from "./bounds";

/** A Bézier curve; its handles are level and `reach` long. */
export interface Curve {
  readonly from: Point;
  readonly to: Point;
  readonly reach: number;
}

export function curve(from: Point, to: Point): Curve {
  const distance = Math.hypot(to.x - from.x, to.y - from.y);
  // Short pieces between bends would loop with handles longer than themselves.
  return { from, to, reach: Math.min(Math.max(30, distance / 4), distance / 2) };
}

/** Through all points, one after another. */
export function curvesThrough(points: readonly Point[]): Curve[] {
  return points.slice(1).map((to, index) => curve(points[index] ?? to, to));
}

export function boundsOfCurves(curves: readonly Curve[]): Bounds | null {
  return around(
    curves.map(({ from, to, reach }) => {
      const [left, top] = [Math.min(from.x, to.x - reach), Math.min(from.y, to.y)];
      return {
        x: left,
        y: top,
        width: Math.max(from.x + reach, to.x) - left,
        height: Math.max(from.y, to.y) - top,
      };
    }),
  );
}

export function pointAt({ from, to, reach }: Curve, share: number): Point {
  const rest = 1 - share;
  const [a, b, c, d] = [rest ** 3, 3 * rest ** 2 * share, 3 * rest * share ** 2, share ** 3];
  return {
    x: a * from.x + b * (from.x + reach) + c * (to.x - reach) + d * to.x,
    y: (a + b) * from.y + (c + d) * to.y,
  };
}

/** The point of a curve nearest to `point`, as far as straight pieces tell, and how far away it is. */
export function nearest(curve: Curve, point: Point): { readonly at: Point; readonly distance: number } {
  const pieces = 24;
  let best = { at: curve.from, distance: Infinity };
  let last = curve.from;
  for (let piece = 1; piece <= pieces; piece += 1) {
    const next = pointAt(curve, piece / pieces);
    const at = nearestOnLine(last, next, point);
    const distance = Math.hypot(at.x - point.x, at.y - point.y);
    if (distance < best.distance) best = { at, distance };
    last = next;
  }
  return best;
}

function nearestOnLine(from: Point, to: Point, point: Point): Point {
  const [x, y] = [to.x - from.x, to.y - from.y];
  const square = x * x + y * y;
  const share = square === 0 ? 0 : ((point.x - from.x) * x + (point.y - from.y) * y) / square;
  const kept = Math.min(1, Math.max(0, share));
  return { x: from.x + kept * x, y: from.y + kept * y };
}

/** The middle of the curve in the middle of a course. */
export function middleOf(curves: readonly Curve[]): Point | null {
  const curve = curves[Math.floor((curves.length - 1) / 2)];
  return curve ? pointAt(curve, 0.5) : null;
}
