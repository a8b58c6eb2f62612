// @vitest-environment node
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Bounds, Point } from "../document/records";
import { align, ALIGNMENTS, AXES, distribute, type Alignment } from "./align";
import { around, bottom, moved, right } from "../canvas/bounds";

const boxes = fc.array(
  fc.record({
    x: fc.integer({ min: -999, max: 999 }),
    y: fc.integer({ min: -999, max: 999 }),
    width: fc.integer({ min: 1, max: 300 }),
    height: fc.integer({ min: 1, max: 300 }),
  }),
  { minLength: 2, maxLength: 9 },
);

const edge: Record<Alignment, (box: Bounds) => number> = {
  left: ({ x }) => x,
  centre: ({ x, width }) => x + width / 2,
  right,
  top: ({ y }) => y,
  middle: ({ y, height }) => y + height / 2,
  bottom,
};

function after(boxes: readonly Bounds[], moves: ReadonlyMap<number, Point>): Bounds[] {
  return boxes.map((box, index) => moved(box, moves.get(index) ?? { x: NaN, y: NaN }));
}

describe("boxes that are aligned", () => {
  it.each(ALIGNMENTS)("share the %s", (to) => {
    fc.assert(
      fc.property(boxes, (boxes) => {
        const aligned = after(boxes, align(new Map(boxes.entries()), to));
        expect(new Set(aligned.map(edge[to])).size).toBe(1);
        const across = to === "left" || to === "centre" || to === "right" ? "y" : "x";
        aligned.forEach((box, index) => {
          expect(box[across]).toBe(boxes[index]?.[across]);
        });
      }),
    );
  });
});

describe("boxes that are distributed", () => {
  it.each(AXES)("have equal gaps %s, and the first stays", (axis) => {
    const [start, length] = axis === "horizontally" ? (["x", "width"] as const) : (["y", "height"] as const);
    fc.assert(
      fc.property(boxes, (boxes) => {
        const spread = after(boxes, distribute(new Map(boxes.entries()), axis));
        expect(around(spread)?.[start]).toBe(around(boxes)?.[start]);
        const row = spread.toSorted((one, other) => one[start] - other[start]);
        const gaps = row
          .slice(1)
          .map((box, index) => box[start] - (row[index]?.[start] ?? 0) - (row[index]?.[length] ?? 0));
        for (const gap of gaps) {
          expect(gap).toBeCloseTo(gaps[0] ?? NaN);
          expect(gap).toBeGreaterThan(9.99);
        }
      }),
    );
  });

  it("keep the outermost two in place where there is room", () => {
    const row = [0, 30, 400].map((x) => ({ x, y: 0, width: 100, height: 50 }));
    expect(after(row, distribute(new Map(row.entries()), "horizontally")).map(({ x }) => x)).toEqual([0, 200, 400]);
  });
});
