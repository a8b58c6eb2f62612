// @vitest-environment node
import { beforeEach, describe, expect, it } from "vitest";

import { CanvasDocument } from "../document/document";
import type { Side } from "../document/edit-sockets";
import { linksInto } from "../document/edit-links";
import { graphKey, linkKey, ROOT, SUBGRAPH_INPUT, SUBGRAPH_OUTPUT, type NodeRecord } from "../document/records";
import { inconsistencies } from "../document/testing/consistency";
import { CANVAS_04 } from "../document/testing/canvases";
import { link, mayConnect, unlink } from "./connect";
import { Bench } from "./testing/bench";

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});

function refusal(from: NodeRecord, output: string, to: NodeRecord, input: string) {
  const at = (node: NodeRecord, side: Side, name: string) => bench.end(node, side, name);
  return mayConnect(bench.store, ROOT, at(from, "outputs", output), at(to, "inputs", input), bench.catalog);
}

describe("what may be linked", () => {
  it("is what goes together, and what does not is refused with both its types", () => {
    const [loader, sampler] = [bench.add("CheckpointLoaderSimple"), bench.add("KSampler")];
    expect(refusal(loader, "MODEL", sampler, "model")).toBeNull();
    const wrong = refusal(loader, "VAE", sampler, "model");
    expect(wrong?.kind).toBe("types");
    expect(wrong?.reason).toContain("MODEL");
    expect(wrong?.reason).toContain("VAE");
    bench.link(loader, "MODEL", sampler, "model");
    expect(refusal(loader, "MODEL", sampler, "model")?.kind).toBe("already");
  });

  it("is one of several types, and any where a socket takes any", () => {
    const [load, resize, latent, set] = ["LoadImage", "Resize", "EmptyLatentImage", "SetNode"].map((id) =>
      bench.add(id),
    );
    if (!load || !resize || !latent || !set) throw new Error();
    expect(refusal(load, "MASK", resize, "input")).toBeNull();
    expect(refusal(latent, "LATENT", resize, "input")?.kind).toBe("types");
    expect(refusal(latent, "LATENT", set, "value")).toBeNull();
  });

  it("is no circle, and no node with itself", () => {
    const [first, second, third] = [bench.add("ImageScale"), bench.add("ImageScale"), bench.add("ImageScale")];
    bench.link(first, "IMAGE", second, "image");
    bench.link(second, "IMAGE", third, "image");
    expect(refusal(third, "IMAGE", first, "image")?.kind).toBe("circle");
    expect(refusal(first, "IMAGE", first, "image")?.kind).toBe("same-node");
    expect(refusal(first, "IMAGE", third, "image")).toBeNull();
  });

  it("is asked of what is at the far ends of reroutes", () => {
    const [loader, sampler] = [bench.add("CheckpointLoaderSimple"), bench.add("KSampler")];
    const [near, far] = [bench.add("Reroute"), bench.add("Reroute")];
    bench.link(near, "", far, "");
    bench.link(far, "", sampler, "model");
    expect(refusal(loader, "VAE", near, "")?.kind).toBe("types");
    expect(refusal(loader, "MODEL", near, "")).toBeNull();
    bench.link(loader, "MODEL", near, "");
    expect(refusal(far, "", sampler, "positive")?.kind).toBe("types");
  });

  it("is a primitive with widgets alone", () => {
    const [primitive, sampler] = [bench.add("PrimitiveNode"), bench.add("KSampler")];
    const name = "connect to widget input";
    expect(refusal(primitive, name, sampler, "model")?.kind).toBe("no-widget");
    expect(refusal(primitive, name, sampler, "steps")).toBeNull();
  });
});

describe("linking to a widget", () => {
  it("adds its socket, as files have it, and no other", () => {
    const [number, sampler] = [bench.add("PrimitiveInt"), bench.add("KSampler")];
    const before = bench.node(sampler).inputs.length;
    bench.link(number, "INT", sampler, "steps");
    const { inputs } = bench.node(sampler);
    expect(inputs).toHaveLength(before + 1);
    expect(inputs.at(-1)).toMatchObject({ name: "steps", type: "INT", widget: "steps" });
    expect(bench.value(sampler, "steps")).toBe(20);
    expect(inconsistencies(bench.document.text())).toEqual([]);
    bench.document.history.undo();
    expect(bench.node(sampler).inputs).toHaveLength(before);
  });
});

describe("inputs that grow", () => {
  it("have those they need and one more, up to the most", () => {
    const batch = bench.add("Batch");
    const names = () => bench.face(batch).inputs.map(({ name }) => name);
    expect(names()).toEqual(["images.image0", "images.image1"]);
    for (const number of [0, 1, 2, 3]) bench.link(bench.add("LoadImage"), "IMAGE", batch, `images.image${number}`);
    expect(names()).toEqual(["images.image0", "images.image1", "images.image2", "images.image3"]);
  });
});

describe("the inputs of a group that grows", () => {
  it("take what the group takes, each before and after it is in the file", () => {
    const [load, batch] = [bench.add("LoadImage"), bench.add("Batch")];
    for (const input of ["images.image0", "images.image1"]) {
      expect(refusal(load, "IMAGE", batch, input)).toBeNull();
      const wrong = refusal(load, "MASK", batch, input);
      expect(wrong?.kind).toBe("types");
      expect(wrong?.reason).toContain("IMAGE");
      expect(wrong?.reason).toContain("MASK");
      bench.link(load, "IMAGE", batch, input);
      expect(refusal(load, "MASK", batch, input)?.kind).toBe("types");
    }
    expect(refusal(load, "MASK", batch, "images.image2")?.kind).toBe("types");
  });
});

describe("what has no type of its own", () => {
  it("is a reroute that says what flows through it, in a chain too, and forgets it", () => {
    const [loader, near, far] = [bench.add("CheckpointLoaderSimple"), bench.add("Reroute"), bench.add("Reroute")];
    bench.link(near, "", far, "");
    bench.link(loader, "VAE", near, "");
    expect([near, far].map((node) => bench.node(node).outputs[0]?.type)).toEqual(["VAE", "VAE"]);
    expect(bench.links()).toEqual(["2.0>3.0 VAE", "1.2>2.0 VAE"]);
    bench.edit((transaction) => {
      unlink(transaction, linkKey(ROOT, 2), bench.catalog);
    });
    expect([near, far].map((node) => bench.node(node).outputs[0]?.type)).toEqual(["*", "*"]);
  });

  it("is a reroute that knows what it leads to before anything flows", () => {
    const [sampler, near, far] = [bench.add("KSampler"), bench.add("Reroute"), bench.add("Reroute")];
    const between = bench.link(near, "", far, "");
    bench.link(far, "", sampler, "model");
    expect([near, far].map((node) => bench.node(node).outputs[0]?.type)).toEqual(["MODEL", "MODEL"]);
    expect(bench.store.need(between.key, "link").type).toBe("MODEL");
  });

  it("is an output that follows its input", () => {
    const [load, resize, save] = [bench.add("LoadImage"), bench.add("Resize"), bench.add("SaveImage")];
    const mask = bench.link(load, "MASK", resize, "input");
    expect(bench.face(resize).outputs[0]?.type).toBe("MASK");
    expect(refusal(resize, "resized", save, "images")?.kind).toBe("types");
    bench.edit((transaction) => {
      unlink(transaction, mask.key, bench.catalog);
    });
    expect(bench.face(resize).outputs[0]?.type).toBe("*");
  });

  it("is a primitive that becomes the widget it feeds, with its value, and is nothing without links", () => {
    const [primitive, sampler] = [bench.add("PrimitiveNode"), bench.add("KSampler")];
    expect(bench.face(primitive).widgets).toEqual([]);
    const { key } = bench.link(primitive, "connect to widget input", sampler, "sampler_name");
    expect(bench.node(primitive)).toMatchObject({
      outputs: [{ name: "COMBO", type: "COMBO", widget: "sampler_name" }],
      widgets: ["euler", "fixed", ""],
    });
    expect(bench.face(primitive).widgets[0]?.spec).toMatchObject({ options: ["euler", "heun", "ddim"] });
    bench.edit((transaction) => {
      unlink(transaction, key, bench.catalog);
    });
    expect(bench.node(primitive)).toMatchObject({ outputs: [{ type: "*", widget: null }], widgets: [] });
  });
});

describe("the border of a subgraph", () => {
  const inner = graphKey("5f0c7a2b-0000-4000-8000-000000000002");

  it("is linked as nodes are, and has a new input where a link is let go behind the last", () => {
    bench = new Bench(CanvasDocument.open(CANVAS_04));
    const decode = bench.add("VAEDecode", inner);
    const vae = { node: decode.id, slot: 1 };
    expect(mayConnect(bench.store, inner, { node: SUBGRAPH_INPUT, slot: 0 }, vae, bench.catalog)?.kind).toBe("types");
    expect(mayConnect(bench.store, inner, { node: SUBGRAPH_INPUT, slot: 1 }, vae, bench.catalog)).toBeNull();
    bench.edit((transaction) => {
      link(transaction, inner, { node: SUBGRAPH_INPUT, slot: 1 }, vae, bench.catalog);
      link(transaction, inner, { node: decode.id, slot: 0 }, { node: SUBGRAPH_OUTPUT, slot: 1 }, bench.catalog);
    });
    const { inputs, outputs } = bench.store.need(inner, "graph");
    expect(inputs.map(({ name, type }) => [name, type])).toEqual([
      ["model", "MODEL"],
      ["vae", "VAE"],
    ]);
    expect(outputs.map(({ name, type }) => [name, type])).toEqual([
      ["out", "IMAGE"],
      ["IMAGE", "IMAGE"],
    ]);
    const host = bench.store.members(ROOT, "node").find(({ id }) => id === 9);
    if (!host) throw new Error();
    expect(bench.face(host).inputs.map(({ name }) => name)).toEqual(["model", "vae"]);
    expect(bench.face(host).outputs.map(({ name }) => name)).toEqual(["out", "IMAGE"]);

    const loader = bench.add("CheckpointLoaderSimple");
    bench.link(loader, "VAE", host, "vae");
    expect(linksInto(bench.store, ROOT, { node: 9, slot: 1 })).toHaveLength(1);
    expect(inconsistencies(bench.document.text())).toEqual([]);
  });
});
