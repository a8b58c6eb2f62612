import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { MaskHistory } from "./history";
import { Mask } from "./mask";
import { coverage, Stroke, type Brush } from "./stroke";
import { fitted, inPicture, pinched, zoomed } from "./viewport";

const hard: Brush = { erases: false, radius: 5, hardness: 1, opacity: 1 };
const at = (x: number, y: number, pressure = 1) => ({ x, y, pressure });
const draw = (mask: Mask, brush: Brush, ...points: ReturnType<typeof at>[]): Stroke => {
  const stroke = new Stroke(mask, brush);
  for (const point of points) stroke.to(point);
  return stroke;
};
const value = (mask: Mask, x: number, y: number): number => mask.values[mask.at(x, y)] ?? -1;

describe("a stroke", () => {
  it("covers a disc where it is pressed, and all between two points", () => {
    const mask = new Mask(60, 20);
    draw(mask, hard, at(10, 10));
    expect([value(mask, 10, 10), value(mask, 13, 10), value(mask, 16, 10)]).toEqual([255, 255, 0]);
    draw(mask, hard, at(10, 10), at(50, 10));
    expect([value(mask, 30, 10), value(mask, 30, 13), value(mask, 30, 17), value(mask, 58, 10)]).toEqual([
      255, 255, 0, 0,
    ]);
  });

  it("is no stronger where it crosses itself; a second one is", () => {
    const half: Brush = { ...hard, opacity: 0.5 };
    const mask = new Mask(40, 20);
    draw(mask, half, at(10, 10), at(30, 10), at(10, 10));
    expect(value(mask, 20, 10)).toBe(128);
    draw(mask, half, at(20, 10));
    expect(value(mask, 20, 10)).toBeGreaterThan(185);
  });

  it("takes away as an eraser", () => {
    const mask = new Mask(20, 20);
    mask.fill(255);
    draw(mask, { ...hard, erases: true }, at(10, 10));
    expect([value(mask, 10, 10), value(mask, 1, 1)]).toEqual([0, 255]);
  });

  it("is thinner where a pen presses less", () => {
    const mask = new Mask(60, 20);
    draw(mask, hard, at(10, 10, 1), at(50, 10, 0.2));
    expect([value(mask, 12, 13), value(mask, 48, 13)]).toEqual([255, 0]);
  });

  it("stays in the picture and says what it changed", () => {
    const mask = new Mask(20, 20);
    expect(draw(mask, hard, at(-50, -50)).area).toBeNull();
    expect(draw(mask, hard, at(0, 0)).area).toEqual({ x: 0, y: 0, width: 6, height: 6 });
  });

  it("falls off from the middle to the edge", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 200, noNaN: true }),
        fc.double({ min: 0, max: 50, noNaN: true }),
        fc.double({ min: 1, max: 100, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (distance, further, radius, hardness) => {
          const near = coverage(distance, radius, hardness);
          expect(near).toBeGreaterThanOrEqual(coverage(distance + further, radius, hardness));
          expect(coverage(radius + 1, radius, hardness)).toBe(0);
          expect(coverage(0, radius, 1)).toBe(1);
        },
      ),
    );
  });
});

describe("a mask", () => {
  it("comes from what a picture leaves transparent, and goes back", () => {
    const data = new Uint8ClampedArray([9, 9, 9, 255, 9, 9, 9, 0, 9, 9, 9, 100, 9, 9, 9, 254]);
    const mask = Mask.ofAlpha({ width: 2, height: 2, data });
    expect([...mask.values]).toEqual([0, 255, 155, 1]);
    expect([...mask.toAlpha()].filter((_, index) => index % 4 === 3)).toEqual([255, 0, 100, 254]);
  });

  it("is filled, inverted, and says when it is empty", () => {
    const mask = new Mask(3, 2);
    expect(mask.isEmpty).toBe(true);
    mask.invert();
    expect(mask.values.every((one) => one === 255)).toBe(true);
    mask.fill(0);
    expect(mask.isEmpty).toBe(true);
  });

  it("gets soft edges by feathering, and keeps what is far from them", () => {
    const mask = new Mask(60, 60);
    draw(mask, { ...hard, radius: 20 }, at(30, 30));
    const before = mask.values.reduce((sum, one) => sum + one, 0);
    mask.feather(4);
    expect([value(mask, 30, 30), value(mask, 1, 1)]).toEqual([255, 0]);
    expect(value(mask, 50, 30)).toBeGreaterThan(40);
    expect(value(mask, 50, 30)).toBeLessThan(215);
    expect(mask.values.reduce((sum, one) => sum + one, 0) / before).toBeCloseTo(1, 1);
    mask.fill(255);
    mask.feather(10);
    expect(mask.values.every((one) => one === 255)).toBe(true);
  });
});

describe("a mask's history", () => {
  it("comes back to every state, whatever was done", () => {
    const action = fc.oneof(
      fc.record({ x: fc.integer({ min: -5, max: 35 }), y: fc.integer({ min: -5, max: 35 }), erases: fc.boolean() }),
      fc.constantFrom("invert" as const, "feather" as const),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 8 }), (actions) => {
        const mask = new Mask(30, 30);
        const history = new MaskHistory(mask);
        const states = [mask.values.slice()];
        for (const each of actions) {
          if (typeof each === "string") {
            const before = mask.values.slice();
            history.record(each === "invert" ? mask.invert() : mask.feather(3), before);
          } else {
            const stroke = draw(mask, { ...hard, erases: each.erases }, at(each.x, each.y));
            if (!stroke.area) continue;
            history.record(stroke.area, stroke.was(stroke.area));
          }
          states.push(mask.values.slice());
        }
        for (const state of states.slice(0, -1).reverse()) {
          expect(history.undo()).not.toBeNull();
          expect(mask.values).toEqual(state);
        }
        expect(history.undo()).toBeNull();
        for (const state of states.slice(1)) {
          expect(history.redo()).not.toBeNull();
          expect(mask.values).toEqual(state);
        }
        expect(history.redo()).toBeNull();
      }),
    );
  });
});

describe("the view of a picture", () => {
  const stage = { width: 800, height: 600 };

  it("shows all of it in the middle", () => {
    const view = fitted({ width: 1552, height: 100 }, stage);
    expect(view).toEqual({ scale: 0.5, x: 12, y: 275 });
  });

  it("keeps what the pointer is at while zooming", () => {
    const view = zoomed({ x: 10, y: 20, scale: 1 }, 2, { x: 100, y: 100 });
    expect(inPicture(view, { x: 100, y: 100 })).toEqual({ x: 90, y: 80 });
    expect(view.scale).toBe(2);
  });

  it("follows two fingers", () => {
    const from = [
      { x: 100, y: 100 },
      { x: 200, y: 100 },
    ] as const;
    const to = [
      { x: 100, y: 200 },
      { x: 300, y: 200 },
    ] as const;
    const view = pinched({ x: 0, y: 0, scale: 1 }, from, to);
    expect(inPicture(view, to[0])).toEqual(from[0]);
    expect(inPicture(view, to[1])).toEqual(from[1]);
  });
});
