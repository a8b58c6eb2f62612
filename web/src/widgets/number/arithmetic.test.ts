import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { evaluate } from "./arithmetic";
import { fraction, parseDecimal, toDecimal } from "./fraction";

const reckon = (text: string): string | undefined => {
  const value = evaluate(text);
  return value && toDecimal(value, 12);
};

describe("arithmetic", () => {
  it.each([
    ["512*1.5", "768"],
    ["1024/2+64", "576"],
    ["(1 + 2) * 3", "9"],
    ["2 + 3 * 4 - 5", "9"],
    ["-(3 - 5)", "2"],
    ["2^10", "1024"],
    ["2**3**2", "512"],
    ["-2^2", "-4"],
    ["2^-1", "0.5"],
    ["4^0.5", "2"],
    ["7 % 3", "1"],
    ["-7 % 3", "2"],
    ["1e3", "1000"],
    [".5 × 4 ÷ 2 − 1", "0"],
    ["0.1 + 0.2", "0.3"],
    ["10 / 4 / 5", "0.5"],
  ])("%s is %s", (text, value) => {
    expect(reckon(text)).toBe(value);
  });

  it.each([
    "",
    " ",
    "512*",
    "(1",
    "1)",
    "1 2",
    "abc",
    "1/0",
    "5 % 0",
    "0^-1",
    "(-1)^0.5",
    "9^9^9^9",
    "1..2",
    "2^99999",
  ])("%j has no value", (text) => {
    expect(evaluate(text)).toBeUndefined();
  });

  it("keeps all digits of a seed", () => {
    expect(reckon("18446744073709551615 - 1")).toBe("18446744073709551614");
    expect(reckon("2^64 - 1")).toBe("18446744073709551615");
  });

  it("reckons as integers do, however large", () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt(), fc.bigInt(), (a, b, c) => {
        expect(evaluate(`(${a} - ${b}) * ${c} + ${a}`)).toEqual(fraction((a - b) * c + a));
      }),
    );
  });

  it("reads every number that it writes", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 12 }), (n, digits) => {
        const value = fraction(BigInt(n), 10n ** BigInt(digits));
        expect(parseDecimal(toDecimal(value, 12))).toEqual(value);
      }),
    );
  });
});
