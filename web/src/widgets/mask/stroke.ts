/**
 * One stroke of a brush over a mask. A stroke that crosses itself is no stronger there: it covers each pixel once, as
 * much as it ever does, and its opacity holds for the stroke as a whole. Knows no pointer and no canvas.
 */

import { between, union, type Area } from "./area";
import type { Mask } from "./mask";

export interface Brush {
  readonly erases: boolean;
  /** In pixels of the picture. */
  readonly radius: number;
  /** 0: softest; 1: all of it up to its edge. */
  readonly hardness: number;
  /** 0 to 1. */
  readonly opacity: number;
}

/** `pressure`: of a pen, 0 to 1, which thins the stroke; 1 for all else. */
export interface StrokePoint {
  readonly x: number;
  readonly y: number;
  readonly pressure: number;
}

export class Stroke {
  /** What the mask was, and how much of each pixel the stroke covers, of 255. */
  private readonly before: Uint8ClampedArray;
  private readonly covered: Uint8Array;
  private last: StrokePoint | null = null;
  /** All that was changed. */
  area: Area | null = null;

  constructor(
    private readonly mask: Mask,
    private readonly brush: Brush,
  ) {
    this.before = mask.values.slice();
    this.covered = new Uint8Array(mask.values.length);
  }

  /** Go on to a point; what was changed. */
  to(point: StrokePoint): Area | null {
    const from = this.last ?? point;
    this.last = point;
    const reach = Math.max(this.radiusAt(from), this.radiusAt(point)) + 1;
    const changed = between(
      Math.min(from.x, point.x) - reach,
      Math.min(from.y, point.y) - reach,
      Math.max(from.x, point.x) + reach,
      Math.max(from.y, point.y) + reach,
      this.mask,
    );
    if (changed) this.cover(changed, from, point);
    this.area = union(this.area, changed);
    return changed;
  }

  /** What the mask was in `area` before. */
  was(area: Area): Uint8ClampedArray {
    const copy = new Uint8ClampedArray(area.width * area.height);
    for (let row = 0; row < area.height; row += 1) {
      const from = this.mask.at(area.x, area.y + row);
      copy.set(this.before.subarray(from, from + area.width), row * area.width);
    }
    return copy;
  }

  private cover(area: Area, from: StrokePoint, to: StrokePoint): void {
    const { mask, brush, before, covered } = this;
    const [dx, dy] = [to.x - from.x, to.y - from.y];
    const length = dx * dx + dy * dy;
    const [thick, thin] = [this.radiusAt(from), this.radiusAt(to)];
    for (let y = area.y; y < area.y + area.height; y += 1) {
      for (let x = area.x; x < area.x + area.width; x += 1) {
        // The middle of the pixel, and the point of the way nearest to it.
        const [px, py] = [x + 0.5 - from.x, y + 0.5 - from.y];
        const share = length === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / length));
        const distance = Math.hypot(px - share * dx, py - share * dy);
        const cover = coverage(distance, thick + share * (thin - thick), brush.hardness);
        const at = mask.at(x, y);
        const level = Math.round(cover * 255);
        if (level <= (covered[at] ?? 0)) continue;
        covered[at] = level;
        const old = before[at] ?? 0;
        mask.values[at] = brush.erases ? old * (1 - cover * brush.opacity) : old + (255 - old) * cover * brush.opacity;
      }
    }
  }

  private radiusAt({ pressure }: StrokePoint): number {
    return Math.max(0.5, this.brush.radius * pressure);
  }
}

/** How much of a pixel at that distance is covered: all near the middle, nothing beyond the edge, smooth between. */
export function coverage(distance: number, radius: number, hardness: number): number {
  // The hardest edge is still a pixel wide: else it would be jagged.
  const soft = Math.max(1, radius * (1 - hardness));
  const share = Math.min(1, Math.max(0, (radius + 0.5 - distance) / soft));
  return share * share * (3 - 2 * share);
}
