// @vitest-environment node
import { beforeEach, describe, expect, it } from "vitest";

import { BASIC } from "../classes/testing/catalogs";
import { addReroute } from "../document/edit-links";
import { ROOT } from "../document/records";
import { addFitting, fitsInto, fitting, insertIntoLink, spliceOf } from "./fitting";
import { dropNodes, removeKeepingLinks } from "./remove";
import { Bench } from "./testing/bench";

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});

const fits = (side: "inputs" | "outputs", type: string) =>
  fitting(BASIC.classes.values(), { side, type }).map(({ nodeClass, name }) => `${nodeClass.id}.${name}`);

describe("a link let go", () => {
  it("fits the classes with such a socket, those that take anything last", () => {
    expect(fits("outputs", "LATENT")).toEqual([
      "KSampler.latent_image",
      "VAEDecode.samples",
      "Reroute.",
      "SetNode.value",
    ]);
    const [best, ...others] = fits("inputs", "VAE");
    expect(best).toBe("CheckpointLoaderSimple.VAE");
    const any = ["Reroute.", "PrimitiveNode.connect to widget input", "SetNode.", "GetNode.", "Resize.resized"];
    expect(new Set(others)).toEqual(new Set(any));
  });

  it("fits widgets behind inputs, and inputs that grow", () => {
    const numbers = fits("outputs", "INT");
    expect(numbers).toContain("KSampler.seed");
    expect(numbers).toContain("EmptyLatentImage.width");
    expect(fits("outputs", "IMAGE")).toContain("Batch.images.image0");
    expect(fits("outputs", "STRING")).toContain("CLIPTextEncode.text");
  });

  it("is taken by the new node, at either end", () => {
    const loader = bench.add("CheckpointLoaderSimple");
    const end = bench.end(loader, "outputs", "MODEL");
    const [fit] = fitting(bench.catalog.classes.values(), { side: "outputs", type: "MODEL" });
    if (!fit) throw new Error();
    const dangling = { end, side: "outputs", type: "MODEL" } as const;
    bench.edit((transaction) =>
      addFitting(transaction, bench.catalog, ROOT, fit, dangling, { x: 0, y: 0 }, () => ({ width: 1, height: 1 })),
    );
    expect(bench.links()).toEqual(["1.0>2.0 MODEL"]);
  });
});

describe("a node put into a link", () => {
  it("takes it with its bends and leads on", () => {
    const [load, save, scale] = [bench.add("LoadImage"), bench.add("SaveImage"), bench.add("ImageScale")];
    const { key } = bench.link(load, "IMAGE", save, "images");
    bench.edit((transaction) => addReroute(transaction, key, { x: 5, y: 5 }));
    expect(bench.edit((transaction) => insertIntoLink(transaction, scale.key, key, bench.catalog))).toBe(true);
    expect(bench.links()).toEqual(["1.0>3.0 IMAGE", "3.0>2.0 IMAGE"]);
    expect(bench.store.members(ROOT, "link").map(({ parent }) => parent)).toEqual([1, null]);
  });

  it("is one that has both sockets, the input free", () => {
    const [load, save, decode, scale] = ["LoadImage", "SaveImage", "VAEDecode", "ImageScale"].map((id) =>
      bench.add(id),
    );
    if (!load || !save || !decode || !scale) throw new Error();
    const { key } = bench.link(load, "IMAGE", save, "images");
    expect(spliceOf(bench.store, decode.key, key, bench.catalog)).toBeNull();
    expect(spliceOf(bench.store, save.key, key, bench.catalog)).toBeNull();
    const classes = [...bench.catalog.classes.values()].filter(fitsInto(bench.store, key, bench.catalog));
    expect(classes.map(({ id }) => id)).toEqual(["Reroute", "SetNode", "ImageScale", "Resize", "Batch"]);
    bench.link(decode, "IMAGE", scale, "image");
    expect(spliceOf(bench.store, scale.key, key, bench.catalog)).toBeNull();
  });

  it("is none that would feed itself then", () => {
    const [load, scale, save, batch] = ["LoadImage", "ImageScale", "SaveImage", "Batch"].map((id) => bench.add(id));
    if (!load || !scale || !save || !batch) throw new Error();
    const [into, from] = [bench.link(load, "IMAGE", scale, "image"), bench.link(scale, "IMAGE", save, "images")];
    bench.link(scale, "IMAGE", batch, "images.image0");
    expect(spliceOf(bench.store, batch.key, from.key, bench.catalog)).not.toBeNull();
    expect(spliceOf(bench.store, batch.key, into.key, bench.catalog)).toBeNull();
  });
});

it("removes nodes so that what flowed through them flows on", () => {
  const [load, one, two, save] = ["LoadImage", "ImageScale", "ImageScale", "SaveImage"].map((id) => bench.add(id));
  if (!load || !one || !two || !save) throw new Error();
  bench.link(load, "IMAGE", one, "image");
  bench.link(one, "IMAGE", two, "image");
  bench.link(two, "IMAGE", save, "images");
  bench.edit((transaction) => {
    removeKeepingLinks(transaction, [one.key, two.key], bench.catalog);
  });
  expect(bench.links()).toEqual(["1.0>4.0 IMAGE"]);
});

it("removes nodes so that what they fed forgets their type", () => {
  const [load, reroute, save] = ["LoadImage", "Reroute", "SaveImage"].map((id) => bench.add(id));
  if (!load || !reroute || !save) throw new Error();
  bench.link(load, "IMAGE", reroute, "");
  bench.edit((transaction) => {
    dropNodes(transaction, [load.key, save.key], bench.catalog);
  });
  expect(bench.node(reroute).outputs[0]?.type).toBe("*");
  expect(bench.links()).toEqual([]);
});
