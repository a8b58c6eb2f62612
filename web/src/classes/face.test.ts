// @vitest-environment node
import { describe, expect, it } from "vitest";

import { CanvasDocument } from "../document/document";
import type { Json } from "../document/json";
import { graphKey, nodeKey, ROOT } from "../document/records";
import { faceOf } from "./face";
import { BASIC } from "./testing/catalogs";
import { NEWER, OLDER } from "./testing/subgraphs";
import type { NodeFace } from "./types";

/** The face of a node, where other nodes and links are in the file too. */
function face(node: object, others: object[] = [], links: unknown[] = []): NodeFace {
  const { store } = CanvasDocument.open(JSON.stringify({ nodes: [{ id: 1, ...node }, ...others], links }));
  return faceOf(store, nodeKey(ROOT, 1), BASIC);
}

const values = ({ widgets }: NodeFace): Record<string, Json> =>
  Object.fromEntries(widgets.map(({ name, value }) => [name, value]));

const SAMPLER = { seed: 5, steps: 9, cfg: 2, sampler_name: "ddim", scheduler: "karras", denoise: 0.5 };

describe("the values of a node", () => {
  it("are those of the list, past what is no widget's", () => {
    const listed = [5, "increment", 9, 2, "ddim", "karras", 0.5];
    const shown = face({ type: "KSampler", widgets_values: listed });
    expect(values(shown)).toEqual(SAMPLER);
    expect(shown.widgets[0]).toMatchObject({ index: 0, controlIndex: 1, control: "increment" });
    expect(shown.widgets[1]).toMatchObject({ index: 2, controlIndex: null, control: null });
    expect(values(face({ type: "LoadImage", widgets_values: ["b.png", "image"] }))).toEqual({ image: "b.png" });
    expect(values(face({ type: "PrimitiveCombo", widgets_values: ["green", "fixed", "gr"] }))).toEqual({
      style: "green",
    });
  });

  it("are found where a list has no word of what becomes of a seed", () => {
    const shown = face({ type: "KSampler", widgets_values: [5, 9, 2, "ddim", "karras", 0.5] });
    expect(values(shown)).toEqual(SAMPLER);
    expect(shown.widgets[0]).toMatchObject({ controlIndex: null, control: "fixed" });
  });

  it("are those of a new node where the list is too short", () => {
    expect(values(face({ type: "KSampler", widgets_values: [5, "fixed", null] }))).toEqual({
      seed: 5,
      steps: 20,
      cfg: 8,
      sampler_name: "euler",
      scheduler: "simple",
      denoise: 1,
    });
    expect(values(face({ type: "EmptyLatentImage" }))).toEqual({ width: 512, height: 512, batch_size: 1 });
  });

  it("are by name where the file has them so, or its list is of another version", () => {
    expect(values(face({ type: "KSampler", widgets_values: SAMPLER }))).toEqual(SAMPLER);
    const named = { widgets_values_named: { ...SAMPLER, control_after_generate: "decrement" } };
    expect(face({ type: "KSampler", ...named }).widgets[0]?.control).toBe("decrement");
    expect(
      values(face({ type: "KSampler", ...named, widgets_values: [1, "fixed", 2, 3, "heun", "simple", 1, 7] })),
    ).toEqual(SAMPLER);
  });

  it("keep their places where some are inputs", () => {
    const inputs = [
      { name: "model", type: "MODEL", link: null },
      { name: "steps", type: "INT", link: 1, widget: { name: "steps" }, label: "how many" },
    ];
    const source = { id: 2, type: "PrimitiveInt", outputs: [{ name: "INT", type: "INT", links: [1] }] };
    const listed = [5, "fixed", 9, 2, "ddim", "karras", 0.5];
    const shown = face({ type: "KSampler", inputs, widgets_values: listed }, [source], [[1, 2, 0, 1, 1, "INT"]]);
    expect(values(shown)).toEqual(SAMPLER);
    expect(shown.widgets[1]).toMatchObject({ slot: 1, label: "how many" });
    expect(shown.inputs[1]).toMatchObject({ slot: 1, name: "steps", widget: 1 });
  });

  it("include those of what is chosen", () => {
    const shown = face({ type: "Resize", widgets_values: ["scale", 3, "area"] });
    expect(values(shown)).toEqual({ resize_type: "scale", "resize_type.multiplier": 3, method: "area" });
    expect(values(face({ type: "Resize", widgets_values: ["size", 8, 9, "area"] }))).toMatchObject({
      "resize_type.height": 9,
      method: "area",
    });
  });
});

describe("the sockets of a node", () => {
  it("are those of the file, and behind them what its class has as well", () => {
    const inputs = [
      { name: "of an older version", type: "IMAGE", link: null },
      { name: "vae", type: "OLD", link: null },
    ];
    const shown = face({ type: "VAEDecode", inputs, outputs: [] });
    expect(shown.inputs.map(({ name, type }) => [name, type])).toEqual([
      ["of an older version", "IMAGE"],
      ["vae", "VAE"],
      ["samples", "LATENT"],
    ]);
    expect(shown.outputs.map(({ slot, name }) => [slot, name])).toEqual([[0, "IMAGE"]]);
  });

  it("are named as the person did, and tell optional ones", () => {
    const inputs = [{ name: "image", type: "IMAGE", label: "picture", link: null }];
    const shown = face({ type: "ImageScale", title: "Mine", inputs });
    expect(shown.title).toBe("Mine");
    expect(shown.inputs.slice(0, 2)).toMatchObject([
      { label: "picture", optional: false },
      { label: "mask", optional: true },
    ]);
    expect(shown.inputs.slice(2).map(({ name, widget }) => [name, widget])).toEqual([
      ["upscale_method", 0],
      ["width", 1],
      ["height", 2],
    ]);
  });
});

describe("a node of a class that nobody knows", () => {
  it("has the sockets of the file, and its values with names where the file has them", () => {
    const inputs = [
      { name: "a", type: "A", link: null, shape: 7 },
      { name: "seed", type: "INT", link: null, widget: { name: "seed" } },
    ];
    const shown = face({ type: "Gone", inputs, outputs: [{ name: "x", type: "X" }], widgets_values: [5, "fixed"] });
    expect(shown).toMatchObject({ kind: "missing", title: "Gone", nodeClass: null });
    expect(shown.inputs).toMatchObject([
      { name: "a", optional: true },
      { name: "seed", widget: 0 },
    ]);
    expect(values(shown)).toEqual({ seed: 5 });
    expect(values(face({ type: "Gone", widgets_values: [1, "b"] }))).toEqual({ 1: 1, 2: "b" });
    expect(values(face({ type: "Gone", widgets_values: { a: 1 } }))).toEqual({ a: 1 });
  });
});

describe("what only the editor knows", () => {
  it("is shown for what it is", () => {
    expect(face({ type: "Note", widgets_values: ["Words"] })).toMatchObject({
      kind: "note",
      widgets: [{ value: "Words" }],
    });
    expect(face({ type: "MarkdownNote", widgets_values: ["# W"] })).toMatchObject({ kind: "markdown" });
    const reroute = {
      type: "Reroute",
      inputs: [{ name: "", type: "*", link: null }],
      outputs: [{ name: "", type: "VAE", links: null }],
    };
    expect(face(reroute)).toMatchObject({ kind: "reroute", inputs: [{ type: "*" }], outputs: [{ type: "VAE" }] });
    expect(face({ type: "SetNode", inputs: [{ name: "IMAGE", type: "IMAGE" }], widgets_values: ["a"] })).toMatchObject({
      kind: "plain",
      inputs: [{ name: "IMAGE" }],
      widgets: [{ value: "a" }],
    });
  });

  it("is a primitive with the widget that it feeds", () => {
    const output = { name: "COMBO", type: "COMBO", links: [1], widget: { name: "sampler_name" } };
    const inputs = [{ name: "sampler_name", type: "COMBO", link: 1, widget: { name: "sampler_name" } }];
    const shown = face(
      { type: "PrimitiveNode", outputs: [output], widgets_values: ["heun", "randomize", ""] },
      [{ id: 2, type: "KSampler", inputs }],
      [[1, 1, 0, 2, 0, "COMBO"]],
    );
    expect(shown.widgets).toMatchObject([
      { value: "heun", control: "randomize", controlIndex: 1, spec: { options: ["euler", "heun", "ddim"] } },
    ]);
    expect(face({ type: "PrimitiveNode", outputs: [output], widgets_values: [3] }).widgets).toMatchObject([
      { value: 3, spec: { kind: "other" } },
    ]);
  });
});

describe("an instance of a subgraph", () => {
  const instances = (text: string): NodeFace[] => {
    const { store } = CanvasDocument.open(text);
    return [8, 9].map((id) => faceOf(store, nodeKey(ROOT, id), BASIC));
  };

  it("has the sockets and the name of its definition", () => {
    const [first] = instances(NEWER);
    expect(first).toMatchObject({ kind: "subgraph", title: "Sampling" });
    expect(first?.inputs.map(({ name, label, widget }) => [name, label, widget])).toEqual([
      ["model", "model", null],
      ["seed", "noise", 0],
      ["steps", "steps", 1],
    ]);
    expect(first?.outputs).toMatchObject([{ name: "LATENT", type: "LATENT" }]);
  });

  it("shows widgets inside, with values of its own where it has them", () => {
    const [first, second] = instances(NEWER);
    expect(first && values(first)).toEqual({ seed: 11, steps: 30 });
    expect(second && values(second)).toEqual({ seed: 7, steps: 20 });
    expect(first?.widgets[0]).toMatchObject({ control: "increment", spec: { kind: "number", seed: true }, slot: 1 });
  });

  it("shows those that it names in older files, in that order", () => {
    const [first] = instances(OLDER);
    expect(first?.widgets.map(({ name, value }) => [name, value])).toEqual([
      ["text", "a cat"],
      ["steps", 20],
      ["seed", 7],
    ]);
  });

  it("may contain itself", () => {
    const id = "5f0c7a2b-0000-4000-8000-0000000000aa";
    const text = NEWER.replace('"type":"CLIPTextEncode"', `"type":"${id}"`);
    const { store } = CanvasDocument.open(text);
    expect(faceOf(store, nodeKey(graphKey(id), 2), BASIC).kind).toBe("subgraph");
    expect(faceOf(store, nodeKey(ROOT, 8), BASIC).widgets).toHaveLength(2);
  });
});
