// @vitest-environment node
import { describe, expect, it } from "vitest";

import { writeJson } from "../document/json";
import { readObjectInfo } from "./object-info";
import { BASIC } from "./testing/catalogs";
import type { WidgetSpec } from "./types";

const classOf = (id: string) => {
  const nodeClass = BASIC.classes.get(id);
  if (nodeClass === undefined) throw new RangeError(id);
  return nodeClass;
};

const inputOf = (id: string, name: string) => classOf(id).inputs.find((input) => input.name === name);

/** One input, as a class with it alone would have it. */
function widget(config: unknown, name = "x"): WidgetSpec | null | undefined {
  const info = { A: { input: { required: { [name]: config } }, output: [] } };
  return readObjectInfo(JSON.stringify(info)).get("A")?.inputs[0]?.widget;
}

describe("a class", () => {
  it("is read with what it is called and does", () => {
    const info = {
      "A.B": {
        input: { required: { b: ["IMAGE"], a: ["MASK"] }, optional: { c: ["LATENT", { tooltip: "Why." }] } },
        input_order: { required: ["a", "b"], optional: ["c"] },
        output: ["IMAGE", ["x", "y"]],
        output_name: ["picture"],
        output_is_list: [true],
        output_tooltips: ["What comes out."],
        display_name: "A of B",
        description: "Does it.",
        category: "image/batch",
        python_module: "custom_nodes.my-pack",
        output_node: true,
        deprecated: true,
        experimental: true,
        search_aliases: ["bee"],
      },
    };
    expect(readObjectInfo(JSON.stringify(info)).get("A.B")).toMatchObject({
      title: "A of B",
      category: ["image", "batch"],
      description: "Does it.",
      pack: "my-pack",
      aliases: ["bee"],
      isOutput: true,
      deprecated: true,
      experimental: true,
      inputs: [
        { name: "a", type: "MASK", required: true, widget: null },
        { name: "b", type: "IMAGE" },
        { name: "c", required: false, tooltip: "Why." },
      ],
      outputs: [
        { name: "picture", type: "IMAGE", isList: true, tooltip: "What comes out." },
        { name: "COMBO", type: "COMBO", isList: false, tooltip: null },
      ],
    });
  });

  it("is read as far as it can be, and the others are whole", () => {
    const classes = readObjectInfo(
      '{"A": null, "B": {"input": {"required": {"x": 3, "y": []}}}, "C": {"output": ["X"]}}',
    );
    expect([...classes.keys()]).toEqual(["B", "C"]);
    expect(classes.get("B")?.inputs.map(({ name, type, widget }) => [name, type, widget])).toEqual([
      ["x", "*", null],
      ["y", "*", null],
    ]);
    expect(readObjectInfo("[]").size).toBe(0);
    expect(() => readObjectInfo("no")).toThrow(SyntaxError);
  });
});

describe("an input", () => {
  it("is a number, exactly", () => {
    const seed = inputOf("KSampler", "seed")?.widget;
    expect(seed).toMatchObject({ kind: "number", integer: true, seed: true, step: 1 });
    expect(seed?.kind === "number" && writeJson(seed.max)).toBe("18446744073709551615");
    expect(inputOf("KSampler", "cfg")?.widget).toMatchObject({ integer: false, step: 0.1, round: 0.01, seed: false });
    expect(widget(["INT", { min: 3 }])).toMatchObject({ default: 3, slider: false });
    expect(widget(["INT", {}], "noise_seed")).toMatchObject({ seed: true });
    expect(widget(["FLOAT", { display: "slider", round: false }])).toMatchObject({
      slider: true,
      round: null,
      default: 0,
    });
  });

  it("is a text, which is a prompt where a text encoder is at hand", () => {
    expect(inputOf("CLIPTextEncode", "text")?.widget).toMatchObject({ kind: "text", multiline: true, prompt: true });
    expect(widget(["STRING", { multiline: true, placeholder: "…" }])).toMatchObject({
      prompt: false,
      placeholder: "…",
    });
  });

  it("is a choice in either way of writing it, of files or not", () => {
    expect(widget([["a", "b"]])).toMatchObject({ kind: "combo", options: ["a", "b"], default: "a", files: false });
    expect(widget(["COMBO", { options: [1, 2], default: 2 }])).toMatchObject({ options: [1, 2], default: 2 });
    expect(widget(["COMBO", { options: ["a"], multi_select: {} }])).toMatchObject({ multiple: true, default: [] });
    expect(inputOf("CheckpointLoaderSimple", "ckpt_name")?.widget).toMatchObject({ files: true, upload: null });
    expect(inputOf("LoadImage", "image")?.widget).toMatchObject({ files: true, upload: { folder: "input" } });
    expect(widget([[], { image_upload: true, image_folder: "output" }])).toMatchObject({
      upload: { folder: "output" },
    });
    expect(widget([[], {}], "lora_name")).toMatchObject({ files: true, default: null });
    expect(widget(["COMBO", { remote: { route: "/x" } }], "model")).toMatchObject({ files: false, options: [] });
  });

  it("is a toggle, a colour, something else, or nothing to edit", () => {
    expect(widget(["BOOLEAN", { default: true, label_on: "yes" }])).toMatchObject({
      default: true,
      on: "yes",
      off: null,
    });
    expect(widget(["COLOR", {}])).toMatchObject({ kind: "color", default: "#ffffff" });
    expect(widget(["CURVE", { widgetType: "CURVE" }])).toMatchObject({ kind: "other", type: "CURVE" });
    expect(widget(["THING", { widgetType: "STRING", default: "a" }])).toMatchObject({ kind: "text", default: "a" });
    expect(widget(["INT", { forceInput: true }])).toBeNull();
    expect(widget(["MODEL", {}])).toBeNull();
  });

  it("stands for those of the option that is chosen, or for as many as are linked", () => {
    const chosen = inputOf("Resize", "resize_type");
    expect(chosen).toMatchObject({ socketless: true, widget: { options: ["size", "scale"], default: "size" } });
    const { members } = chosen ?? {};
    const names =
      members?.kind === "chosen" && members.byOption.get("size")?.map(({ name, required }) => [name, required]);
    expect(names).toEqual([
      ["resize_type.width", true],
      ["resize_type.height", true],
      ["resize_type.mask", false],
    ]);
    expect(inputOf("Batch", "images")?.members).toMatchObject({
      kind: "growing",
      template: { prefix: "images.image", min: 2, max: 4, input: { type: "IMAGE" } },
    });
    expect(inputOf("Resize", "input")).toMatchObject({ type: "IMAGE,MASK", matches: true });
    expect(classOf("Resize").outputs[0]).toMatchObject({ type: "*", follows: true });
  });
});
