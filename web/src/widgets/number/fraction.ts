/**
 * Numbers without rounding: fractions of integers of any size, from and to the JSON that a workflow keeps. So a seed of
 * 64 bits stays itself, and 0.1 + 0.2 is 0.3. Knows no widgets.
 */

import { ExactNumber, fromInteger, type Json } from "../../document/json";

/** In lowest terms; `d` is positive. */
export interface Fraction {
  readonly n: bigint;
  readonly d: bigint;
}

export const ZERO: Fraction = { n: 0n, d: 1n };
export const ONE: Fraction = { n: 1n, d: 1n };

export function fraction(n: bigint, d = 1n): Fraction {
  if (d === 0n) throw new RangeError("a fraction of nothing");
  const sign = d < 0n ? -1n : 1n;
  const by = greatestCommonDivisor(n < 0n ? -n : n, d * sign) * sign;
  return { n: n / by, d: d / by };
}

export const add = (a: Fraction, b: Fraction): Fraction => fraction(a.n * b.d + b.n * a.d, a.d * b.d);
export const subtract = (a: Fraction, b: Fraction): Fraction => add(a, negate(b));
export const multiply = (a: Fraction, b: Fraction): Fraction => fraction(a.n * b.n, a.d * b.d);
export const divide = (a: Fraction, b: Fraction): Fraction => fraction(a.n * b.d, a.d * b.n);
export const negate = (a: Fraction): Fraction => ({ n: -a.n, d: a.d });

/** Below zero where a < b, above where a > b. */
export function compare(a: Fraction, b: Fraction): number {
  const difference = a.n * b.d - b.n * a.d;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The largest integer that is not above it. */
export function floor({ n, d }: Fraction): bigint {
  return n < 0n && n % d !== 0n ? n / d - 1n : n / d;
}

/** The nearest integer; of two the upper one. */
export function round(value: Fraction): bigint {
  return floor(add(value, { n: 1n, d: 2n }));
}

/** As a person or a JSON file writes it, `-12.5` or `1e-5`; undefined where it is no such number. */
export function parseDecimal(text: string): Fraction | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text);
  if (!match) return undefined;
  const [, sign, whole = "", part = "", exponent = "0"] = match;
  if (whole === "" && part === "") return undefined;
  const digits = BigInt(`${whole}${part}`);
  const shift = Number(exponent) - part.length;
  const n = sign === "-" ? -digits : digits;
  return shift >= 0 ? fraction(n * 10n ** BigInt(shift)) : fraction(n, 10n ** BigInt(-shift));
}

/** Undefined where the value is no number. */
export function fromJson(value: Json | undefined): Fraction | undefined {
  if (value instanceof ExactNumber) return parseDecimal(value.text);
  if (typeof value !== "number" || !Number.isFinite(value)) return undefined;
  return parseDecimal(String(value));
}

/** Exact where it is whole; else the nearest number that a computer has. */
export function toJson(value: Fraction): Json {
  return value.d === 1n ? fromInteger(value.n) : toNumber(value);
}

export function toNumber(value: Fraction): number {
  return Number(toDecimal(value, 25));
}

/** With up to so many digits behind the point, and none that says nothing. */
export function toDecimal(value: Fraction, digits: number): string {
  const scaled = round(multiply(value, fraction(10n ** BigInt(digits))));
  const sign = scaled < 0n ? "-" : "";
  const letters = String(scaled < 0n ? -scaled : scaled).padStart(digits + 1, "0");
  const whole = letters.slice(0, letters.length - digits);
  const part = letters.slice(letters.length - digits).replace(/0+$/, "");
  return part === "" ? `${sign}${whole}` : `${sign}${whole}.${part}`;
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a === 0n ? 1n : a;
}
