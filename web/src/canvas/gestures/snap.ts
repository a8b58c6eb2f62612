/** Where a thing that is dragged comes to rest: on the grid, or in line with others. */

import { moved, right, bottom } from "../bounds";
import type { Bounds, Point } from "../../document/records";
import type { Guide } from "../transient";

export const GRID = 10;

export const toGrid = (value: number): number => Math.round(value / GRID) * GRID;

/** The way `by` changed so that what is at `corner` comes to lie on the grid. */
export function onGrid(corner: Point, by: Point): Point {
  return { x: toGrid(corner.x + by.x) - corner.x, y: toGrid(corner.y + by.y) - corner.y };
}

export interface InLine {
  readonly by: Point;
  readonly guides: readonly Guide[];
}

/** The way `by` changed by no more than `reach` so that an edge of `box` is in line with the same edge of another. */
export function inLine(box: Bounds, by: Point, others: readonly Bounds[], reach: number): InLine {
  const there = moved(box, by);
  const x = nearest(there, others, reach, [({ x }) => x, right]);
  const y = nearest(there, others, reach, [({ y }) => y, bottom]);
  const rest = moved(there, { x: x?.by ?? 0, y: y?.by ?? 0 });
  const guides: Guide[] = [];
  if (x) {
    const [from, to] = [Math.min(rest.y, x.other.y), Math.max(bottom(rest), bottom(x.other))];
    guides.push({ from: { x: x.at, y: from }, to: { x: x.at, y: to } });
  }
  if (y) {
    const [from, to] = [Math.min(rest.x, y.other.x), Math.max(right(rest), right(y.other))];
    guides.push({ from: { x: from, y: y.at }, to: { x: to, y: y.at } });
  }
  return { by: { x: by.x + (x?.by ?? 0), y: by.y + (y?.by ?? 0) }, guides };
}

interface Match {
  readonly by: number;
  /** Where the edge is that both share. */
  readonly at: number;
  readonly other: Bounds;
}

function nearest(
  box: Bounds,
  others: readonly Bounds[],
  reach: number,
  edges: readonly ((box: Bounds) => number)[],
): Match | null {
  let best: Match | null = null;
  for (const other of others) {
    for (const edge of edges) {
      const by = edge(other) - edge(box);
      if (Math.abs(by) <= (best ? Math.abs(best.by) - 1e-9 : reach)) best = { by, at: edge(other), other };
    }
  }
  return best;
}
