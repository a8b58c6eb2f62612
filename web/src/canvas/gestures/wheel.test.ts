import { describe, expect, it } from "vitest";

import { openGround } from "../testing/board";
import { Wheel, type WheelStep } from "./wheel";

const STILL: WheelStep = {
  deltaX: 0,
  deltaY: 0,
  deltaMode: 0,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  clientX: 300,
  clientY: 200,
  timeStamp: 0,
};

function turned(...steps: readonly Partial<WheelStep>[]) {
  const { surface } = openGround();
  const wheel = new Wheel(surface);
  const under = surface.toPlane(STILL.clientX, STILL.clientY);
  for (const step of steps) wheel.turn({ ...STILL, ...step });
  return { ...surface.editor.view.getState().viewport, under, now: surface.toPlane(STILL.clientX, STILL.clientY) };
}

describe("a wheel", () => {
  it("zooms around the pointer", () => {
    const { scale, under, now } = turned({ deltaY: -100 });
    expect(scale).toBeGreaterThan(1.1);
    expect(now.x).toBeCloseTo(under.x);
    expect(now.y).toBeCloseTo(under.y);
    expect(turned({ deltaY: 3, deltaMode: 1 }).scale).toBeLessThan(0.95);
  });

  it("moves the view to the side with Shift", () => {
    expect(turned({ deltaY: 100, shiftKey: true })).toMatchObject({ x: -100, y: 0, scale: 1 });
  });

  it("does not leave the scales that can be drawn", () => {
    expect(turned(...Array.from({ length: 60 }, () => ({ deltaY: 240 }))).scale).toBeCloseTo(0.05);
    expect(turned(...Array.from({ length: 60 }, () => ({ deltaY: -240 }))).scale).toBeCloseTo(4);
  });
});

describe("a pad", () => {
  it("moves the view, fast strokes as well as slow ones", () => {
    const stroke = [
      { deltaX: 3, deltaY: 2, timeStamp: 0 },
      { deltaX: 0, deltaY: 120, timeStamp: 16 },
    ];
    expect(turned(...stroke)).toMatchObject({ x: -3, y: -122, scale: 1 });
  });

  it("zooms where its fingers pinch, which is told as Ctrl", () => {
    expect(turned({ deltaY: -10, ctrlKey: true }).scale).toBeCloseTo(Math.exp(0.1));
  });
});
