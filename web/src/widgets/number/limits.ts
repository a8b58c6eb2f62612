/** What a number's spec makes of a value: its limits, its steps, how it is rounded and written. Knows no keys and no pointer. */

import type { NumberSpec } from "../../classes/types";
import { writeJson, type Json } from "../../document/json";
import {
  add,
  compare,
  divide,
  floor,
  fraction,
  fromJson,
  multiply,
  round,
  subtract,
  toDecimal,
  toJson,
  toNumber,
  ONE,
  ZERO,
  type Fraction,
} from "./fraction";

/** What became of a value on its way into the workflow. */
export interface Fitted {
  readonly value: Fraction;
  /** Why it is not what was asked for; null: it is. */
  readonly because: "min" | "max" | "step" | null;
}

/** The value nearest to `asked` that the spec allows. */
export function fit(spec: NumberSpec, asked: Fraction): Fitted {
  const min = fromJson(spec.min ?? undefined);
  const max = fromJson(spec.max ?? undefined);
  if (min !== undefined && compare(asked, min) < 0) return { value: min, because: "min" };
  if (max !== undefined && compare(asked, max) > 0) return { value: max, because: "max" };
  const grain = grainOf(spec);
  if (grain === null) return { value: asked, because: null };
  // Multiples are counted from the lower limit, where that is none itself: of 1, 3, 5 … the step is 2.
  const start = min === undefined ? ZERO : subtract(min, multiply(grain, fraction(floor(divide(min, grain)))));
  let value = add(start, multiply(grain, fraction(round(divide(subtract(asked, start), grain)))));
  if (max !== undefined && compare(value, max) > 0) value = subtract(value, grain);
  if (min !== undefined && compare(value, min) < 0) value = min;
  return { value, because: compare(value, asked) === 0 ? null : "step" };
}

/** One step of the arrows. */
export function stepOf(spec: NumberSpec): Fraction {
  const step = fromJson(spec.step);
  if (step === undefined || compare(step, ZERO) <= 0) return ONE;
  return spec.integer && compare(step, ONE) < 0 ? ONE : step;
}

/** So many steps from `from`, in tenths of a step where decimals may be finer. */
export function stepped(spec: NumberSpec, from: Fraction, steps: Fraction): Fraction {
  return fit(spec, add(from, multiply(stepOf(spec), steps))).value;
}

/** Where the value lies between its limits, 0 to 1; null where it has not both. */
export function shareOf(spec: NumberSpec, value: Fraction): number | null {
  const min = fromJson(spec.min ?? undefined);
  const max = fromJson(spec.max ?? undefined);
  if (min === undefined || max === undefined || compare(min, max) >= 0) return null;
  return Math.min(1, Math.max(0, toNumber(divide(subtract(value, min), subtract(max, min)))));
}

/** The value at a share of the way between the limits, on a step. */
export function atShare(spec: NumberSpec, share: number): Fraction {
  const min = fromJson(spec.min ?? undefined) ?? ZERO;
  const max = fromJson(spec.max ?? undefined) ?? ONE;
  const way = fraction(BigInt(Math.round(Math.min(1, Math.max(0, share)) * 1_000_000)), 1_000_000n);
  const steps = round(divide(multiply(subtract(max, min), way), stepOf(spec)));
  return fit(spec, add(min, multiply(stepOf(spec), fraction(steps)))).value;
}

/** As a person reads it: decimals show that they are such. */
export function written(spec: NumberSpec, value: Json): string {
  const known = fromJson(value);
  if (known === undefined) return typeof value === "string" ? value : writeJson(value);
  if (spec.integer) return toDecimal(known, 12);
  const text = toDecimal(known, 6);
  if (text === "0" && known.n !== 0n) return String(toNumber(known));
  return text.includes(".") ? text : `${text}.0`;
}

/** `value` for the workflow: whole numbers of any size exactly, decimals as the nearest that there is. */
export function forWorkflow(spec: NumberSpec, value: Fraction): Json {
  return spec.integer ? toJson(fraction(round(value))) : toJson(value);
}

/** What values are multiples of; null: any will do. */
function grainOf(spec: NumberSpec): Fraction | null {
  if (spec.integer) return stepOf(spec);
  const grain = fromJson(spec.round ?? undefined);
  return grain !== undefined && compare(grain, ZERO) > 0 ? grain : null;
}
