/** A number by chance, for seeds. */

import type { NumberSpec } from "../../classes/types";
import { add, compare, fraction, fromJson, ONE, subtract, ZERO, floor, type Fraction } from "./fraction";
import { fit } from "./limits";

/** Without an upper limit of its own a seed has 64 bits. */
const MOST = fraction(2n ** 64n - 1n);

/** Any whole number within the limits, each as likely as the next. */
export function randomSeed(spec: NumberSpec): Fraction {
  const min = fromJson(spec.min ?? undefined) ?? ZERO;
  const max = fromJson(spec.max ?? undefined) ?? MOST;
  const count = floor(add(subtract(max, min), ONE));
  if (compare(fraction(count), ONE) <= 0) return min;
  return fit(spec, add(min, fraction(below(count)))).value;
}

/** 128 bits for up to 64: what is left over favours no number that anybody would notice. */
function below(count: bigint): bigint {
  const words = crypto.getRandomValues(new BigUint64Array(2));
  return ((words[0] ?? 0n) * 2n ** 64n + (words[1] ?? 0n)) % count;
}
