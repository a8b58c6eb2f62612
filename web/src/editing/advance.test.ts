// @vitest-environment node
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { NEWER, OLDER } from "../classes/testing/subgraphs";
import { CONTROLS, type NumberSpec, type WidgetFace } from "../classes/types";
import { CanvasDocument } from "../document/document";
import { editNodes } from "../document/edit-nodes";
import { fromInteger, toInteger, type Json } from "../document/json";
import { MODE, nodeKey, ROOT } from "../document/records";
import { advance, nextValue } from "./advance";
import { Bench } from "./testing/bench";

const canvas = (...widgets: unknown[]): string =>
  JSON.stringify({ nodes: [{ id: 1, type: "KSampler", widgets_values: widgets }], links: [] });

function next(text: string, chance?: () => bigint): string {
  const bench = new Bench(CanvasDocument.open(text));
  advance(bench.document, bench.catalog, "seeds", chance);
  return bench.document.text();
}

const REST = [20, 8, "euler", "simple", 1];

describe("the seed of the next run", () => {
  it("stays, counts, or changes by chance, and nothing else changes", () => {
    const fixed = canvas(42, "fixed", ...REST);
    expect(next(fixed)).toBe(fixed);
    expect(next(canvas(42, "increment", ...REST))).toBe(canvas(43, "increment", ...REST));
    expect(next(canvas(42, "decrement", ...REST))).toBe(canvas(41, "decrement", ...REST));
    expect(next(canvas(0, "decrement", ...REST))).toBe(canvas(0, "decrement", ...REST));
    expect(next(canvas(42, "randomize", ...REST), () => 1234n)).toBe(canvas(1234, "randomize", ...REST));
    const drawn = new Set(Array.from({ length: 4 }, () => next(canvas(42, "randomize", ...REST))));
    expect(drawn.size).toBeGreaterThan(1);
  });

  it("counts beyond what JavaScript's numbers hold, and not beyond the largest", () => {
    const text = canvas("SEED", "increment", ...REST);
    const after = (seed: string): string => next(text.replace('"SEED"', seed));
    expect(after("18446744073709551614")).toBe(text.replace('"SEED"', "18446744073709551615"));
    expect(after("18446744073709551615")).toBe(text.replace('"SEED"', "18446744073709551615"));
  });

  it("is always within the limits, whatever comes by chance", () => {
    const numbers = fc.record({
      min: fc.bigInt(-(2n ** 63n), 2n ** 63n),
      span: fc.bigInt(0n, 2n ** 64n),
      step: fc.integer({ min: 1, max: 64 }),
      at: fc.bigInt(0n, 2n ** 64n),
      control: fc.constantFrom(...CONTROLS),
      drawn: fc.bigInt(0n, 2n ** 70n),
    });
    fc.assert(
      fc.property(numbers, ({ min, span, step, at, control, drawn }) => {
        const max = min + span;
        const value = nextValue(
          face({ min: fromInteger(min), max: fromInteger(max), step }, fromInteger(min + (at % (span + 1n))), control),
          (below) => drawn % below,
        );
        const integer = toInteger(value);
        expect(integer !== undefined && integer >= min && integer <= max).toBe(true);
      }),
    );
  });

  it("stays where a class has no value between its limits", () => {
    const bench = new Bench();
    const [{ spec, ...face } = { spec: null }] = bench.face(bench.add("PrimitiveInt")).widgets;
    if (spec?.kind !== "number" || !("value" in face)) throw new Error();
    expect(nextValue({ ...face, spec: { ...spec, min: 5, max: 4 }, control: "randomize" })).toBeNull();
  });

  it("is left alone where the node does not run or a link gives it", () => {
    const bench = new Bench(CanvasDocument.open(canvas(42, "increment", ...REST)));
    const key = nodeKey(ROOT, 1);
    const sampler = bench.store.need(key, "node");
    bench.edit((transaction) => {
      editNodes(transaction, [key], { mode: MODE.muted });
    });
    advance(bench.document, bench.catalog, "seeds");
    expect(bench.value(sampler, "seed")).toBe(42);
    bench.edit((transaction) => {
      editNodes(transaction, [key], { mode: MODE.active });
    });
    bench.link(bench.add("PrimitiveInt"), "INT", sampler, "seed");
    advance(bench.document, bench.catalog, "seeds");
    expect(bench.value(sampler, "seed")).toBe(42);
  });

  it("is undone at once after several runs", () => {
    const text = canvas(42, "increment", ...REST);
    const { document, catalog } = new Bench(CanvasDocument.open(text));
    for (let run = 0; run < 3; run += 1) advance(document, catalog, "seeds");
    expect(document.text()).toBe(canvas(45, "increment", ...REST));
    document.history.undo();
    expect(document.text()).toBe(text);
    expect(document.history.undoable).toBeNull();
  });
});

describe("in a subgraph", () => {
  const seeds = (text: string): Json[] => {
    const bench = new Bench(CanvasDocument.open(text));
    advance(bench.document, bench.catalog, "seeds");
    return [8, 9].map((id) => bench.value(bench.store.need(nodeKey(ROOT, id), "node"), "seed") ?? null);
  };

  it("each instance counts its own seed, and those without one share that inside", () => {
    expect(seeds(NEWER)).toEqual([12, 8]);
    expect(seeds(OLDER)).toEqual([8, 8]);
  });
});

it("walks along the options of a choice and stops at the end", () => {
  const choose = (value: string, control: WidgetFace["control"]): Json => {
    const options = ["a", "b", "c"];
    return nextValue(
      {
        ...face({}, value, control),
        spec: { kind: "combo", options, default: "a", upload: null, files: false, advanced: false },
      },
      () => 2n,
    );
  };
  expect([
    choose("a", "increment"),
    choose("c", "increment"),
    choose("b", "decrement"),
    choose("a", "randomize"),
  ]).toEqual(["b", "c", "a", "c"]);
});

it("counts decimals by their step", () => {
  const spec = { integer: false, step: 0.1, min: 0, max: 1 };
  expect(nextValue(face(spec, 0.2, "increment"))).toBe(0.3);
  expect(nextValue(face(spec, 1, "increment"))).toBe(1);
  expect(nextValue(face(spec, 0, "randomize"), (below) => below - 1n)).toBe(1);
});

function face(spec: Partial<NumberSpec>, value: Json, control: WidgetFace["control"]): WidgetFace {
  const number: NumberSpec = {
    kind: "number",
    integer: true,
    default: 0,
    min: null,
    max: null,
    step: 1,
    round: null,
    slider: false,
    seed: true,
    advanced: false,
    ...spec,
  };
  return {
    index: 0,
    controlIndex: 1,
    control,
    name: "seed",
    label: "seed",
    tooltip: null,
    spec: number,
    value,
    slot: null,
  };
}
