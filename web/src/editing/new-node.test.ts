// @vitest-environment node
import { describe, expect, it } from "vitest";

import { toText } from "../document/json";
import { Bench } from "./testing/bench";

interface Written {
  readonly nodes: readonly Record<string, unknown>[];
}

const written = (classId: string) => {
  const bench = new Bench();
  bench.add(classId);
  return (JSON.parse(bench.document.text()) as Written).nodes[0] ?? {};
};

describe("a new node in the file", () => {
  it("has the sockets that are no widgets, and a value for every widget", () => {
    const sampler = written("KSampler");
    expect(sampler.widgets_values).toEqual([0, "randomize", 20, 8, "euler", "simple", 1]);
    expect((sampler.inputs as { name: string }[]).map(({ name }) => name)).toEqual([
      "model",
      "positive",
      "negative",
      "latent_image",
    ]);
    expect(sampler.outputs).toEqual([{ name: "LATENT", type: "LATENT", links: [] }]);
    expect(sampler.properties).toEqual({ "Node name for S&R": "KSampler" });
    expect(sampler.size).toEqual([200, 100]);
  });

  it("shows optional inputs as such, and has the word of an upload button", () => {
    expect(written("ImageScale").inputs).toEqual([
      { name: "image", type: "IMAGE", link: null },
      { name: "mask", type: "MASK", link: null, shape: 7 },
    ]);
    expect(written("LoadImage").widgets_values).toEqual(["a.png", "image"]);
  });

  it("has what comes with the option that is chosen first", () => {
    const resize = written("Resize");
    expect(resize.widgets_values).toEqual(["size", 512, 256, "lanczos"]);
    expect(resize.inputs).toMatchObject([{ name: "input" }, { name: "resize_type.mask", shape: 7 }]);
    expect(written("Batch").inputs).toMatchObject([{ name: "images.image0" }, { name: "images.image1" }]);
  });

  it("marks widgets of a pack's own type, which are told from links by that alone", () => {
    expect(written("Odd").inputs).toMatchObject([{ widget: { name: "curve" } }, { widget: { name: "tint" } }]);
  });

  it("can be one of those that only the editor knows", () => {
    expect(written("Note")).toMatchObject({ widgets_values: [""], color: "#432" });
    expect(written("Reroute")).toMatchObject({ inputs: [{ type: "*" }], outputs: [{ type: "*" }] });
    expect(written("PrimitiveNode")).toMatchObject({ outputs: [{ name: "connect to widget input", type: "*" }] });
  });

  it("is read again as it is shown", () => {
    const bench = new Bench();
    for (const { id } of bench.catalog.classes.values()) {
      const node = bench.add(id);
      const face = bench.face(node);
      expect(face.title).toBe(bench.catalog.classes.get(id)?.title);
      const { spec = null, value = null } = face.widgets[0] ?? {};
      if (spec !== null) expect(toText(value)).toBe(toText(spec.default));
    }
  });
});

it("is refused where nobody knows the class", () => {
  expect(() => new Bench().add("Unknown")).toThrow(RangeError);
});
