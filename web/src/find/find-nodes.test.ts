import { describe, expect, it } from "vitest";

import { catalogOf } from "../classes/testing/catalogs";
import { CanvasDocument } from "../document/document";
import { CANVAS_04 } from "../document/testing/canvases";
import { hitsFor, placesOf, type Hit } from "./find-nodes";

const catalog = catalogOf(
  JSON.stringify({
    Loader: { input: { required: { ckpt_name: [["a.safetensors"]] } }, output: ["MODEL"], display_name: "Load it" },
    Blur: { input: { required: { image: ["IMAGE"] } }, output: ["IMAGE"], display_name: "Soft focus" },
  }),
);
const document = CanvasDocument.open(CANVAS_04).store;
const places = placesOf(document, catalog);
const found = (query: string): string[] => hitsFor(places, query).map(said);
const said = ({ place, value }: Hit): string =>
  [...place.within, place.title, ...(value ? [value.join("=")] : [])].join(" › ");

describe("the search in a graph", () => {
  it("knows nodes, frames, and what lies in subgraphs with the way there", () => {
    expect(places).toHaveLength(8);
    const blur = hitsFor(places, "soft focus")[0]?.place;
    expect(blur?.path).toHaveLength(1);
    expect(blur?.path[0]?.node).toBe(9);
    expect(document.get(blur?.key ?? "")).toMatchObject({ kind: "node", classId: "Blur", id: 2 });
    expect(found("without an")).toEqual(["Without an id"]);
  });

  it("finds by title, class, value and number", () => {
    expect(found("first")).toEqual(["First"]);
    expect(found("load")[0]).toBe("Load it");
    expect(found("a.safe")).toEqual(["Load it › ckpt_name=a.safetensors"]);
    expect(found("#7")).toEqual(["First"]);
    expect(found("# a note")).toHaveLength(1);
  });

  it("finds a number to its last digit, that of a class nobody knows too", () => {
    expect(found("18446744073709551615")).toHaveLength(1);
    expect(found("18446744073709551616")).toEqual([]);
    expect(found("9007199254740993")).toHaveLength(1);
  });

  it("wants every word, and the ones called so come first", () => {
    expect(found("load a.safetensors")).toEqual(["Load it"]);
    expect(found("load nothing")).toEqual([]);
    const ranked = hitsFor(places, "sampler").map(({ place }) => place.title);
    expect(ranked).toEqual(["First", "Sampler"]);
  });

  it("finds nothing where nothing is asked for", () => {
    expect(found("  ")).toEqual([]);
    expect(found("#")).not.toContain("Without an id");
  });
});
