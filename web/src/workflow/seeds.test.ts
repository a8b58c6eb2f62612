import { describe, expect, it } from "vitest";

import { withNextSeeds } from "./seeds";
import { readWorkflow } from "./workflow";

const canvas = (...widgets: unknown[]): string =>
  JSON.stringify({ nodes: [{ id: 1, type: "KSampler", widgets_values: widgets }] });

const next = (text: string): string => withNextSeeds(readWorkflow("w", text)).text;

describe("the seed of the next run", () => {
  it("stays when it is fixed", () => {
    const text = canvas(42, "fixed", 20);
    expect(next(text)).toBe(text);
  });

  it("changes by chance, and nothing else does", () => {
    const seen = new Set(Array.from({ length: 4 }, () => next(canvas(42, "randomize", 20))));
    expect(seen.size).toBeGreaterThan(1);
    for (const text of seen)
      expect(text.replace(/\d+,"randomize"/, '42,"randomize"')).toBe(canvas(42, "randomize", 20));
  });

  it("counts beyond what JavaScript's numbers hold", () => {
    const text = '{"nodes": [{"id": 1, "type": "K", "widgets_values": [18446744073709551614, "increment", 20]}]}';
    expect(next(text)).toBe(text.replace("614", "615"));
    expect(next(canvas(8, "decrement"))).toBe(canvas(7, "decrement"));
    expect(next(canvas(0, "decrement"))).toBe(canvas(0, "decrement"));
  });

  it("is not looked for in what a person wrote", () => {
    const text = canvas('[42, "randomize"]');
    expect(next(text)).toBe(text);
  });

  it("is left alone in API format, which has no such word", () => {
    const text = '{"1": {"class_type": "K", "inputs": {"seed": 42, "more": [42, "randomize"]}}}';
    expect(next(text)).toBe(text);
  });
});
