// @vitest-environment node
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Bounds, Point } from "../document/records";
import { holds, overlap, right } from "../canvas/bounds";
import { arrange } from "./layout";

const box = fc.record({
  x: fc.integer({ min: -2000, max: 2000 }),
  y: fc.integer({ min: -2000, max: 2000 }),
  width: fc.integer({ min: 60, max: 500 }),
  height: fc.integer({ min: 30, max: 900 }),
});

/** Boxes named by number, and links from lower numbers to higher ones: no circles. */
const graph = fc.array(box, { minLength: 1, maxLength: 25 }).chain((boxes) =>
  fc.record({
    boxes: fc.constant(named(boxes)),
    links: fc.array(
      fc
        .tuple(fc.nat(boxes.length - 1), fc.nat(boxes.length - 1))
        .map(([one, other]): [string, string] => [`n${Math.min(one, other)}`, `n${Math.max(one, other)}`]),
      { maxLength: 40 },
    ),
  }),
);

function named(boxes: readonly Bounds[]): Map<string, Bounds> {
  return new Map(boxes.map((bounds, index) => [`n${index}`, bounds]));
}

/** The boxes where `arrange` puts them. */
function placed(boxes: ReadonlyMap<string, Bounds>, corners: ReadonlyMap<string, Point>) {
  return Array.from(boxes, ([key, bounds]) => ({ key, ...bounds, ...corners.get(key) }));
}

describe("a graph that is arranged", () => {
  it("has no box above another, and links that point right", () => {
    fc.assert(
      fc.property(graph, ({ boxes, links }) => {
        const { corners } = arrange({ boxes, links, frames: new Map<string, never>() });
        expect(corners.size).toBe(boxes.size);
        const all = placed(boxes, corners);
        all.forEach((one, index) => {
          for (const other of all.slice(index + 1)) expect(overlap(one, other)).toBe(false);
        });
        const at = new Map(all.map((bounds) => [bounds.key, bounds]));
        for (const [from, to] of links) {
          const [left, behind] = [at.get(from), at.get(to)];
          if (from !== to && left && behind) expect(right(left)).toBeLessThan(behind.x);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("keeps in each frame what was in it, and nothing else", () => {
    fc.assert(
      fc.property(graph, fc.array(box, { maxLength: 4 }), ({ boxes, links }, bounds) => {
        const frames = new Map(bounds.map((bounds, index) => [`f${index}`, { bounds, title: 30 }]));
        const arranged = arrange({ boxes, links, frames });
        const all = placed(boxes, arranged.corners);
        all.forEach((one, index) => {
          for (const other of all.slice(index + 1)) expect(overlap(one, other)).toBe(false);
        });
        for (const [key, frame] of arranged.frames) {
          for (const one of all) expect(holds(frame, one) || !overlap(frame, one)).toBe(true);
          for (const [other, bounds] of arranged.frames) {
            const apart = other === key || holds(frame, bounds) || holds(bounds, frame) || !overlap(frame, bounds);
            expect(apart).toBe(true);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it("stays where its upper left corner was", () => {
    const boxes = named([
      { x: 100, y: 900, width: 200, height: 100 },
      { x: 500, y: 50, width: 200, height: 100 },
    ]);
    const { corners } = arrange({ boxes, links: [["n1", "n0"]], frames: new Map() });
    expect(corners.get("n1")).toEqual({ x: 100, y: 50 });
    expect(corners.get("n0")).toEqual({ x: 380, y: 50 });
  });

  it("draws a frame close around what it holds", () => {
    const boxes = named([{ x: 10, y: 10, width: 100, height: 100 }]);
    const frames = new Map([["f", { bounds: { x: 0, y: 0, width: 900, height: 900 }, title: 30 }]]);
    expect(arrange({ boxes, links: [], frames }).frames.get("f")).toEqual({ x: -10, y: -40, width: 140, height: 170 });
  });
});
