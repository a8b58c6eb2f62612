/** Undo and redo of a mask: what was and what became, of the pixels that changed alone. */

import type { Area } from "./area";
import type { Mask } from "./mask";

interface Step {
  readonly area: Area;
  readonly before: Uint8ClampedArray;
  readonly after: Uint8ClampedArray;
}

/** Bytes that may be kept; the oldest steps fall out. */
const MOST = 256 * 2 ** 20;

export class MaskHistory {
  private past: Step[] = [];
  private future: Step[] = [];

  constructor(private readonly mask: Mask) {}

  get undoable(): boolean {
    return this.past.length > 0;
  }

  get redoable(): boolean {
    return this.future.length > 0;
  }

  /** The mask has changed in `area`, where it was `before`. */
  record(area: Area, before: Uint8ClampedArray): void {
    this.past.push({ area, before, after: this.mask.read(area) });
    this.future = [];
    while (this.past.length > 1 && this.size() > MOST) this.past.shift();
  }

  /** What it changed; null: there is nothing to undo. */
  undo(): Area | null {
    const step = this.past.pop();
    if (!step) return null;
    this.mask.write(step.area, step.before);
    this.future.push(step);
    return step.area;
  }

  redo(): Area | null {
    const step = this.future.pop();
    if (!step) return null;
    this.mask.write(step.area, step.after);
    this.past.push(step);
    return step.area;
  }

  private size(): number {
    return this.past.reduce((sum, { before }) => sum + 2 * before.length, 0);
  }
}
