/** Two fingers on the canvas: what is under them stays under them. */

import type { Point } from "../../document/records";
import { MAX_SCALE, MIN_SCALE, type Surface } from "../surface";

export class Pinch {
  private middle: Point;
  private readonly apart: number;
  private readonly scale: number;

  constructor(
    private readonly surface: Surface,
    one: Point,
    other: Point,
  ) {
    this.middle = middleOf(one, other);
    this.apart = distance(one, other);
    this.scale = surface.editor.view.getState().viewport.scale;
  }

  move(one: Point, other: Point): void {
    const middle = middleOf(one, other);
    this.surface.pan(middle.x - this.middle.x, middle.y - this.middle.y);
    this.middle = middle;
    if (this.apart === 0) return;
    const wanted = (this.scale * distance(one, other)) / this.apart;
    this.surface.zoom(Math.min(MAX_SCALE, Math.max(MIN_SCALE, wanted)), this.surface.toPlane(middle.x, middle.y));
  }
}

const middleOf = (one: Point, other: Point): Point => ({ x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 });
const distance = (one: Point, other: Point): number => Math.hypot(other.x - one.x, other.y - one.y);
