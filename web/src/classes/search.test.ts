// @vitest-environment node
import { describe, expect, it } from "vitest";

import { fitting } from "../editing/fitting";
import { classSearch } from "./search";
import { BASIC } from "./testing/catalogs";
import type { NodeClass } from "./types";

const search = classSearch(BASIC.classes.values());
const ids = (query: string): string[] => search(query).map(({ id }) => id);

describe("a class is found", () => {
  it.each([
    ["ksampler", "KSampler"],
    ["load ch", "CheckpointLoaderSimple"],
    ["checkpoint load", "CheckpointLoaderSimple"],
    ["text encode", "CLIPTextEncode"],
    ["clipte", "CLIPTextEncode"],
    ["prompt", "CLIPTextEncode"],
    ["emptylatent", "EmptyLatentImage"],
    ["empty latent", "EmptyLatentImage"],
    ["vae decod", "VAEDecode"],
    ["decode vae", "VAEDecode"],
    ["upscaling", "ImageScale"],
    ["comment", "Note"],
    ["kampler", "KSampler"],
  ])("by %s", (query, id) => {
    expect(ids(query)[0]).toBe(id);
  });

  it("by what it takes and gives", () => {
    expect(new Set(ids("latent →"))).toEqual(new Set(["KSampler", "VAEDecode"]));
    expect(ids("latent -> image")).toEqual(["VAEDecode"]);
    expect(ids("→ latent")).toEqual(["KSampler", "EmptyLatentImage"]);
    expect(ids("empty → latent")).toEqual([]); // nothing takes a type called so
    expect(ids("→ latent empty")).toEqual(["EmptyLatentImage"]);
    expect(ids("mask →")).toEqual(["ImageScale", "Resize"]);
  });
});

it("is not found by what it has nothing of", () => {
  expect(ids("zzzz")).toEqual([]);
  expect(ids("vae quux")).toEqual([]);
});

it("gives all in their order where nothing is asked for, and finds among those that fit", () => {
  expect(ids("")).toEqual([...BASIC.classes.keys()]);
  const fits = fitting(BASIC.classes.values(), { side: "outputs", type: "LATENT" });
  const among = classSearch(fits.map(({ nodeClass }) => nodeClass));
  expect(among("").map(({ id }) => id)[0]).toBe("KSampler");
  expect(among("upscaling").map(({ id }) => id)).toEqual([]);
  expect(among("decode").map(({ id }) => id)[0]).toBe("VAEDecode");
});

it("has what is no longer to be used last", () => {
  const [sampler] = search("ksampler");
  if (!sampler) throw new Error();
  const old: NodeClass = { ...sampler, id: "KSamplerOld", title: "KSampler", deprecated: true };
  expect(classSearch([old, sampler])("ksampler").map(({ id }) => id)).toEqual(["KSampler", "KSamplerOld"]);
});
