/** Fingers on the canvas: two of them hold and stretch it, one that rests is a press of the other button. */

import type { Point } from "../../document/records";
import type { Surface } from "../surface";
import { Pinch } from "./pinch";

const REST_MS = 500;

export class Fingers {
  private readonly places = new Map<number, Point>();
  private pinch: Pinch | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly surface: Surface) {}

  /** How many there are now. `rested` is called unless the finger moves or goes before. */
  down(event: PointerEvent, rested: () => void): number {
    this.places.set(event.pointerId, pointOf(event));
    this.still();
    const [one, other] = [...this.places.values()];
    this.pinch = this.places.size === 2 && one && other ? new Pinch(this.surface, one, other) : null;
    if (this.places.size === 1) this.timer = setTimeout(rested, REST_MS);
    return this.places.size;
  }

  move(event: PointerEvent): void {
    const from = this.places.get(event.pointerId);
    if (!from) return;
    const to = pointOf(event);
    if (this.places.size > 1 || Math.hypot(to.x - from.x, to.y - from.y) > 4) this.still();
    // The place of one that rests is where it was put down: a tremble does not add up to a way.
    if (this.timer === undefined) this.places.set(event.pointerId, to);
    const [one, other] = [...this.places.values()];
    if (one && other) this.pinch?.move(one, other);
  }

  up(event: PointerEvent): void {
    this.places.delete(event.pointerId);
    this.pinch = null;
    this.still();
  }

  clear(): void {
    this.places.clear();
    this.pinch = null;
    this.still();
  }

  private still(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}

const pointOf = ({ clientX, clientY }: PointerEvent): Point => ({ x: clientX, y: clientY });
