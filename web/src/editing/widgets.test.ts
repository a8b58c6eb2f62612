// @vitest-environment node
import { describe, expect, it } from "vitest";

import { NEWER, OLDER } from "../classes/testing/subgraphs";
import type { Control } from "../classes/types";
import { CanvasDocument } from "../document/document";
import { fromInteger, toList, type Json } from "../document/json";
import { nodeKey, ROOT, type NodeRecord } from "../document/records";
import { inconsistencies } from "../document/testing/consistency";
import { primitiveFor } from "./primitive";
import { Bench } from "./testing/bench";
import { setControl, setValue, toInput, toWidget } from "./widgets";

const open = (...nodes: object[]): Bench =>
  new Bench(CanvasDocument.open(JSON.stringify({ nodes: nodes.map((node, id) => ({ id, ...node })), links: [] })));

const at = (bench: Bench, id: number): NodeRecord => bench.store.need(nodeKey(ROOT, id), "node");

function indexOf(bench: Bench, node: NodeRecord, name: string): number {
  const index = bench.face(node).widgets.findIndex((widget) => widget.name === name);
  if (index < 0) throw new RangeError(name);
  return index;
}

function set(bench: Bench, node: NodeRecord, name: string, value: Json): void {
  bench.edit((transaction) => {
    setValue(transaction, node.key, indexOf(bench, node, name), value, bench.catalog);
  });
}

function control(bench: Bench, node: NodeRecord, name: string, control: Control): void {
  bench.edit((transaction) => {
    setControl(transaction, node.key, indexOf(bench, node, name), control, bench.catalog);
  });
}

describe("a choice among what the workflow lists", () => {
  const shown = (bench: Bench, node: NodeRecord) =>
    bench
      .face(node)
      .widgets.map(({ name, value, spec }) => [name, value, ...(spec.kind === "combo" ? spec.options : [])]);

  it("has the options that are written, and one more can be written", () => {
    const bench = open({ type: "CustomCombo", widgets_values: ["b", 1, "a", "b", ""] });
    const node = at(bench, 0);
    expect(shown(bench, node)).toEqual([
      ["choice", "b", "a", "b"],
      ["option1", "a"],
      ["option2", "b"],
      ["option3", ""],
    ]);
    expect(bench.face(node).inputs.map(({ name }) => name)).toEqual(["choice"]);
    set(bench, node, "choice", "a");
    expect(at(bench, 0).widgets).toEqual(["a", 0, "a", "b", ""]);
    set(bench, at(bench, 0), "option3", "c");
    expect(at(bench, 0).widgets).toEqual(["a", 0, "a", "b", "c"]);
    expect(shown(bench, at(bench, 0)).at(-1)).toEqual(["option4", ""]);
  });

  it("follows its option while that is written, and is the first that is", () => {
    const bench = open({ type: "CustomCombo", widgets_values: [null, 0] }, { type: "CustomCombo" });
    for (const text of ["T", "Tu"]) set(bench, at(bench, 0), "option1", text);
    expect(at(bench, 0).widgets).toEqual(["Tu", 0, "Tu", ""]);
    set(bench, at(bench, 0), "option2", "Quality");
    expect(toList(at(bench, 0).widgets ?? undefined).slice(0, 4)).toEqual(["Tu", 0, "Tu", "Quality"]);
    set(bench, at(bench, 0), "choice", "Quality");
    set(bench, at(bench, 0), "option2", "Best");
    expect(toList(at(bench, 0).widgets ?? undefined).slice(0, 4)).toEqual(["Best", 1, "Tu", "Best"]);
    bench.document.history.undo();
    expect(toList(at(bench, 0).widgets ?? undefined).slice(0, 4)).toEqual(["Quality", 1, "Tu", "Quality"]);
    expect(shown(bench, at(bench, 1))[0]).toEqual(["choice", ""]);
  });

  it("is read from values by name as well", () => {
    const named = { choice: "y", index: 1, option1: "x", option2: "y" };
    const bench = open({ type: "CustomCombo", widgets_values_named: named });
    expect(shown(bench, at(bench, 0))[0]).toEqual(["choice", "y", "x", "y"]);
    set(bench, at(bench, 0), "choice", "x");
    expect(at(bench, 0).namedWidgets?.get("index")).toBe(0);
  });
});

describe("a value", () => {
  it("goes into its place of the list and by its name, and nothing else changes", () => {
    const listed = [1, "fixed", 20, 8, "euler", "simple", 1];
    const bench = open({ type: "KSampler", widgets_values: listed, widgets_values_named: { steps: 20, seed: 1 } });
    set(bench, at(bench, 0), "steps", 31);
    expect(at(bench, 0).widgets).toEqual(listed.with(2, 31));
    expect(at(bench, 0).namedWidgets?.get("steps")).toBe(31);
    set(bench, at(bench, 0), "seed", fromInteger(2n ** 64n - 1n));
    expect(bench.document.text()).toContain('[18446744073709551615,"fixed",31');
  });

  it("is written with all others where the list has no place for it", () => {
    const bench = open({ type: "KSampler", widgets_values: [1, "increment"] }, { type: "KSampler" });
    set(bench, at(bench, 0), "denoise", 0.5);
    expect(at(bench, 0).widgets).toEqual([1, "increment", 20, 8, "euler", "simple", 0.5]);
    set(bench, at(bench, 1), "seed", 5);
    expect(at(bench, 1).widgets).toEqual([5, "fixed", 20, 8, "euler", "simple", 1]);
  });

  it("stays by name where a file has it by name alone", () => {
    const bench = open(
      { type: "KSampler", widgets_values: { steps: 9 } },
      { type: "KSampler", widgets_values_named: { steps: 9 } },
    );
    set(bench, at(bench, 0), "cfg", 2);
    set(bench, at(bench, 1), "cfg", 2);
    expect(bench.value(at(bench, 0), "steps")).toBe(9);
    expect(Object.fromEntries(at(bench, 0).widgets as ReadonlyMap<string, Json>)).toEqual({ steps: 9, cfg: 2 });
    expect(at(bench, 1).widgets).toBeNull();
    expect(bench.value(at(bench, 1), "cfg")).toBe(2);
  });

  it("brings other widgets and sockets where it is what others come with, and those of both keep their values", () => {
    const bench = new Bench();
    const [resize, load, save] = [bench.add("Resize"), bench.add("LoadImage"), bench.add("SaveImage")];
    set(bench, resize, "method", "area");
    bench.link(load, "MASK", resize, "resize_type.mask");
    bench.link(resize, "resized", save, "images");
    set(bench, resize, "resize_type", "scale");
    expect(bench.node(resize).widgets).toEqual(["scale", 1.5, "area"]);
    expect(bench.node(resize).inputs.map(({ name }) => name)).toEqual(["input"]);
    expect(bench.links()).toEqual(["1.0>3.0 *"]);
    expect(inconsistencies(bench.document.text())).toEqual([]);
    set(bench, resize, "resize_type", "size");
    expect(bench.node(resize).widgets).toEqual(["size", 512, 256, "area"]);
    expect(bench.face(resize).inputs.map(({ name }) => name)).toContain("resize_type.mask");
  });

  it("of a class that nobody knows changes where it stands", () => {
    const bench = open({ type: "Gone", widgets_values: ["a", 2] });
    set(bench, at(bench, 0), "2", 3);
    expect(at(bench, 0).widgets).toEqual(["a", 3]);
  });
});

describe("what becomes of a value", () => {
  it("stands behind it, and is put there where it is missing", () => {
    const bench = open(
      { type: "KSampler", widgets_values: [1, "fixed", 20, 8, "euler", "simple", 1] },
      { type: "KSampler", widgets_values: [1, 20, 8, "euler", "simple", 1] },
    );
    control(bench, at(bench, 0), "seed", "increment");
    control(bench, at(bench, 1), "seed", "decrement");
    expect(at(bench, 0).widgets).toEqual([1, "increment", 20, 8, "euler", "simple", 1]);
    expect(at(bench, 1).widgets).toEqual([1, "decrement", 20, 8, "euler", "simple", 1]);
    expect(bench.face(at(bench, 1)).widgets[0]).toMatchObject({ value: 1, control: "decrement", controlIndex: 1 });
  });
});

describe("a widget that an instance of a subgraph shows", () => {
  it("is the instance's own in newer files, of each its own", () => {
    const bench = new Bench(CanvasDocument.open(NEWER));
    set(bench, at(bench, 8), "seed", 12);
    set(bench, at(bench, 9), "steps", 40);
    expect(at(bench, 8).widgets).toEqual([12, 30]);
    expect(at(bench, 9).widgets).toEqual([7, 40]);
  });

  it("is that inside where the instance has no input for it, so it is the same for all", () => {
    const bench = new Bench(CanvasDocument.open(OLDER));
    set(bench, at(bench, 8), "text", "a dog");
    expect(bench.value(at(bench, 9), "text")).toBe("a dog");
    control(bench, at(bench, 8), "seed", "randomize");
    expect(bench.face(at(bench, 9)).widgets.find(({ name }) => name === "seed")?.control).toBe("randomize");
  });
});

describe("a widget as an input", () => {
  it("has a socket in the file, and has it no more when it is a widget again", () => {
    const bench = new Bench();
    const [number, sampler] = [bench.add("PrimitiveInt"), bench.add("KSampler")];
    const before = bench.document.text();
    const convert = (way: typeof toInput): void => {
      bench.edit((transaction) => {
        way(transaction, sampler.key, indexOf(bench, sampler, "cfg"), bench.catalog);
      });
    };
    convert(toInput);
    expect(bench.node(sampler).inputs.at(-1)).toMatchObject({ name: "cfg", type: "FLOAT", widget: "cfg" });
    convert(toInput);
    expect(bench.node(sampler).inputs).toHaveLength(5);
    convert(toWidget);
    expect(bench.document.text()).toBe(before);
    bench.link(number, "INT", sampler, "seed");
    bench.edit((transaction) => {
      toWidget(transaction, sampler.key, 0, bench.catalog);
    });
    expect(bench.links()).toEqual([]);
    expect(bench.value(sampler, "steps")).toBe(20);
  });

  it("can be fed by a primitive made of it, which others take as well", () => {
    const bench = new Bench();
    const [one, two] = [bench.add("KSampler"), bench.add("KSampler")];
    const primitive = bench.edit((transaction) =>
      primitiveFor(transaction, one.key, indexOf(bench, one, "seed"), bench.catalog, { x: 0, y: 0 }, () => SIZE),
    );
    expect(primitive).toMatchObject({ title: "seed", widgets: [0, "randomize"], outputs: [{ type: "INT" }] });
    bench.link(primitive, "INT", two, "seed");
    set(bench, primitive, "value", 9);
    expect(bench.node(primitive).widgets).toEqual([9, "randomize"]);
    expect(bench.links()).toEqual(["3.0>1.4 INT", "3.0>2.4 INT"]);
    control(bench, primitive, "value", "fixed");
    expect(bench.node(primitive).widgets).toEqual([9, "fixed"]);
  });
});

const SIZE = { width: 1, height: 1 };
