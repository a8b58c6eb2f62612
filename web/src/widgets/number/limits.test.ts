import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { NumberSpec } from "../../classes/types";
import { ExactNumber, type Json } from "../../document/json";
import { fraction, fromJson, parseDecimal, toDecimal, type Fraction } from "./fraction";
import { atShare, fit, forWorkflow, shareOf, stepped, written } from "./limits";
import { randomSeed } from "./random";
import { Scrub } from "./scrub";

const whole: NumberSpec = {
  kind: "number",
  advanced: false,
  integer: true,
  default: 20,
  min: 1,
  max: 10000,
  step: 1,
  round: null,
  slider: false,
  seed: false,
};
const width: NumberSpec = { ...whole, min: 16, max: 16384, step: 8 };
const cfg: NumberSpec = { ...whole, integer: false, min: 0, max: 100, step: 0.1, round: 0.01 };
const seed: NumberSpec = { ...whole, min: 0, max: new ExactNumber("18446744073709551615"), seed: true };

const at = (text: string): Fraction => parseDecimal(text) ?? fraction(0n);
const fitted = (spec: NumberSpec, text: string): [string, string | null] => {
  const { value, because } = fit(spec, at(text));
  return [toDecimal(value, 12), because];
};

describe("a number's limits", () => {
  it("take in what is beyond them, and say which it was", () => {
    expect(fitted(whole, "0")).toEqual(["1", "min"]);
    expect(fitted(whole, "20000")).toEqual(["10000", "max"]);
    expect(fitted(whole, "30")).toEqual(["30", null]);
  });

  it("put whole numbers on a step", () => {
    expect(fitted(width, "513")).toEqual(["512", "step"]);
    expect(fitted(width, "768")).toEqual(["768", null]);
    expect(fitted({ ...whole, min: 1, max: 64, step: 2 }, "4.2")).toEqual(["5", "step"]);
    expect(fitted({ ...whole, min: 0, max: 10, step: 4 }, "10")).toEqual(["8", "step"]);
  });

  it("round decimals where the spec says so", () => {
    expect(fitted(cfg, "7.123")).toEqual(["7.12", "step"]);
    expect(fitted({ ...cfg, round: null }, "7.123")).toEqual(["7.123", null]);
  });

  it("never give what is beyond them", () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.constantFrom(whole, width, cfg),
        (asked, spec) => {
          const { value } = fit(spec, fromJson(asked) ?? fraction(0n));
          const number = Number(toDecimal(value, 20));
          expect(number).toBeGreaterThanOrEqual(spec.min as number);
          expect(number).toBeLessThanOrEqual(spec.max as number);
          expect(fit(spec, value).because).toBeNull();
        },
      ),
    );
  });
});

describe("a number", () => {
  it.each<[NumberSpec, Json, string]>([
    [whole, 20, "20"],
    [cfg, 8, "8.0"],
    [cfg, 7.25, "7.25"],
    [cfg, new ExactNumber("1.0"), "1.0"],
    [cfg, 1e-9, "1e-9"],
    [seed, new ExactNumber("18446744073709551615"), "18446744073709551615"],
    [whole, "abc", "abc"],
  ])("is written for a person", (spec, value, text) => {
    expect(written(spec, value)).toBe(text);
  });

  it("comes into the workflow with all its digits", () => {
    expect(forWorkflow(seed, at("18446744073709551615"))).toEqual(new ExactNumber("18446744073709551615"));
    expect(forWorkflow(cfg, stepped(cfg, at("0.2"), fraction(1n)))).toBe(0.3);
    expect(forWorkflow({ ...cfg, round: null }, fraction(1n, 3n))).toBe(1 / 3);
  });

  it("has a place between its limits, and a place has a number", () => {
    expect(shareOf(cfg, at("25"))).toBe(0.25);
    expect(shareOf({ ...cfg, max: null }, at("25"))).toBeNull();
    expect(toDecimal(atShare(cfg, 0.25), 6)).toBe("25");
    expect(toDecimal(atShare(width, 1.2), 6)).toBe("16384");
  });
});

describe("dragging a number", () => {
  const drag = (spec: NumberSpec, from: string, ...moves: [number, ("fine" | "coarse")?][]): string => {
    const scrub = new Scrub(spec, at(from));
    let value = at(from);
    for (const [pixels, speed] of moves)
      value = scrub.move(pixels, { fine: speed === "fine", coarse: speed === "coarse" });
    return toDecimal(value, 12);
  };

  it("takes a step every few pixels, both ways", () => {
    expect(drag(whole, "20", [8])).toBe("22");
    expect(drag(whole, "20", [-8])).toBe("18");
    expect(drag(whole, "20", [40], [-40])).toBe("20");
    expect(drag(width, "512", [4])).toBe("520");
  });

  it("is finer and coarser on demand, without leaping back", () => {
    expect(drag(cfg, "7", [4, "fine"])).toBe("7.01");
    expect(drag(cfg, "7", [4, "coarse"])).toBe("8");
    expect(drag(cfg, "7", [4, "fine"], [4])).toBe("7.11");
    expect(drag(whole, "20", [40, "fine"])).toBe("21");
  });

  it("stops at the limits", () => {
    expect(drag(whole, "3", [-400])).toBe("1");
    expect(drag(seed, "18446744073709551614", [400])).toBe("18446744073709551615");
  });
});

describe("a random seed", () => {
  it("lies within the limits", () => {
    const small = { ...seed, min: 5, max: 8 };
    const found = new Set(Array.from({ length: 200 }, () => toDecimal(randomSeed(small), 0)));
    expect([...found].sort()).toEqual(["5", "6", "7", "8"]);
  });

  it("has 64 bits where the node takes them", () => {
    const seeds = Array.from({ length: 50 }, () => randomSeed(seed).n);
    expect(seeds.some((one) => one > 2n ** 60n)).toBe(true);
    expect(seeds.every((one) => one < 2n ** 64n)).toBe(true);
  });
});
