/** Moves the view while the pointer of a gesture is held against the edge of the canvas. */

import type { Point } from "../../document/records";
import type { Surface } from "../surface";

/** How near the edge, and how fast at the edge itself, in pixels. */
const RIM = 32;
const FASTEST = 18;

export class EdgePush {
  private pointer: Point | null = null;
  private frame: number | null = null;

  /** `moved` is called whenever the view has. */
  constructor(
    private readonly surface: Surface,
    private readonly moved: () => void,
  ) {}

  /** Where the pointer is, in the window; null: nothing pushes. */
  at(pointer: Point | null): void {
    this.pointer = pointer;
    if (this.speed()) this.frame ??= requestAnimationFrame(this.step);
  }

  private readonly step = (): void => {
    this.frame = null;
    const speed = this.speed();
    if (!speed) return;
    this.surface.pan(speed.x, speed.y);
    this.moved();
    this.at(this.pointer);
  };

  private speed(): Point | null {
    if (!this.pointer) return null;
    const { left, top, right, bottom } = this.surface.element.getBoundingClientRect();
    const { x, y } = this.pointer;
    const speed = { x: push(x - left) - push(right - x), y: push(y - top) - push(bottom - y) };
    return speed.x === 0 && speed.y === 0 ? null : speed;
  }
}

const push = (room: number): number => (room >= RIM ? 0 : (FASTEST * Math.min(RIM, RIM - room)) / RIM);
