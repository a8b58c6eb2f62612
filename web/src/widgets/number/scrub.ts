/** Dragging a number: how far the pointer went says how many steps. Pure; knows no events. */

import type { NumberSpec } from "../../classes/types";
import { fraction, type Fraction } from "./fraction";
import { stepped } from "./limits";

/** Pixels before a press becomes a drag. */
export const SLOP = 3;
/** Pixels to a step. */
const STEP = 4;

export interface Speed {
  readonly fine: boolean;
  readonly coarse: boolean;
}

/** One drag, from the value it began with. */
export class Scrub {
  /** In tenths of a pixel, each weighing what it did when it was gone. */
  private way = 0;
  /** Once a tenth of a step was asked for, tenths count until the end: the value does not leap back. */
  private tenths = false;

  constructor(
    private readonly spec: NumberSpec,
    private readonly from: Fraction,
  ) {}

  /** The pointer went on by `pixels`; what the value is now. */
  move(pixels: number, { fine, coarse }: Speed): Fraction {
    this.tenths ||= fine && !this.spec.integer;
    this.way += pixels * (fine ? 1 : coarse ? 100 : 10);
    const steps = this.way / STEP;
    const tenths = this.tenths ? Math.trunc(steps) : Math.trunc(steps / 10) * 10;
    return stepped(this.spec, this.from, fraction(BigInt(tenths), 10n));
  }
}
