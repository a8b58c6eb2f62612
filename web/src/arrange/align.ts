/** Where boxes go when they are aligned or given equal gaps. Knows nothing of what they are the boxes of. */

import type { Bounds, Point } from "../document/records";
import { around, bottom, right } from "../canvas/bounds";

export const ALIGNMENTS = ["left", "centre", "right", "top", "middle", "bottom"] as const;
/** The edges, or the axes between them, that boxes are to share: `centre` is between left and right. */
export type Alignment = (typeof ALIGNMENTS)[number];

export const AXES = ["horizontally", "vertically"] as const;
export type Axis = (typeof AXES)[number];

/** How far each box moves. Those at the outermost edge stay where they are. */
export function align<K>(boxes: ReadonlyMap<K, Bounds>, to: Alignment): Map<K, Point> {
  const whole = around(boxes.values());
  if (!whole) return new Map();
  const by = (box: Bounds): Point => {
    switch (to) {
      case "left":
        return { x: whole.x - box.x, y: 0 };
      case "centre":
        return { x: whole.x + (whole.width - box.width) / 2 - box.x, y: 0 };
      case "right":
        return { x: right(whole) - right(box), y: 0 };
      case "top":
        return { x: 0, y: whole.y - box.y };
      case "middle":
        return { x: 0, y: whole.y + (whole.height - box.height) / 2 - box.y };
      case "bottom":
        return { x: 0, y: bottom(whole) - bottom(box) };
    }
  };
  return new Map(Array.from(boxes, ([key, box]) => [key, by(box)]));
}

/**
 * How far each box moves so that the gaps between neighbours are the same. The first and the last stay; where there is
 * not room enough for a gap, the last ones make way.
 */
export function distribute<K>(boxes: ReadonlyMap<K, Bounds>, axis: Axis): Map<K, Point> {
  const [start, length] = axis === "horizontally" ? (["x", "width"] as const) : (["y", "height"] as const);
  const row = [...boxes].sort(([, one], [, other]) => one[start] - other[start] || one[length] - other[length]);
  const whole = around(boxes.values());
  if (!whole) return new Map();
  const filled = row.reduce((sum, [, box]) => sum + box[length], 0);
  const gap = Math.max(LEAST_GAP, (whole[length] - filled) / Math.max(1, row.length - 1));
  let next = whole[start];
  return new Map(
    row.map(([key, box]) => {
      const by = next - box[start];
      next += box[length] + gap;
      return [key, { x: 0, y: 0, [start]: by }];
    }),
  );
}

const LEAST_GAP = 10;
