/**
 * Wheels and pads. A wheel zooms; two fingers on a pad move the view; with Ctrl held (which is what browsers make of two
 * fingers that pinch) everything zooms; with Shift held a wheel moves the view sideways.
 */

import { MAX_SCALE, MIN_SCALE, type Surface } from "../surface";

/** A step of a wheel is a hundred or so; lesser ones, and those to the side, are a pad's. */
const PAD_STEP = 40;
/** A stroke on a pad goes on, with steps of any size, until there was none for so long. */
const STROKE_MS = 250;
const LINE = 33;
const FASTEST = 240;

export type WheelStep = Pick<
  WheelEvent,
  "deltaX" | "deltaY" | "deltaMode" | "ctrlKey" | "metaKey" | "shiftKey" | "clientX" | "clientY" | "timeStamp"
>;

export class Wheel {
  private padUntil = -Infinity;

  constructor(private readonly surface: Surface) {}

  turn(step: WheelStep): void {
    const unit = step.deltaMode === 0 ? 1 : LINE;
    const [x, y] = [step.deltaX * unit, step.deltaY * unit];
    if (step.ctrlKey || step.metaKey) this.zoom(step, y, this.isPad(step, x, y) ? 0.01 : 0.002);
    else if (step.shiftKey) this.surface.pan(-(x || y), 0);
    else if (this.isPad(step, x, y)) this.surface.pan(-x, -y);
    else this.zoom(step, y, 0.0015);
  }

  private zoom({ clientX, clientY }: WheelStep, y: number, rate: number): void {
    const { scale } = this.surface.editor.view.getState().viewport;
    const wanted = scale * Math.exp(-Math.max(-FASTEST, Math.min(FASTEST, y)) * rate);
    this.surface.zoom(Math.min(MAX_SCALE, Math.max(MIN_SCALE, wanted)), this.surface.toPlane(clientX, clientY));
  }

  private isPad({ deltaMode, timeStamp }: WheelStep, x: number, y: number): boolean {
    const pad = deltaMode === 0 && (timeStamp < this.padUntil || x !== 0 || Math.abs(y) < PAD_STEP);
    if (pad) this.padUntil = timeStamp + STROKE_MS;
    return pad;
  }
}
