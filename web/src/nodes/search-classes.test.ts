import { describe, expect, it } from "vitest";

import { BASIC } from "../classes/testing/catalogs";
import type { NodeClass } from "../classes/types";
import type { Habits } from "../commands/habits";
import { searchIn } from "./search-classes";

const base = BASIC.classes.get("KSampler");
if (!base) throw new Error("the catalog of the tests has no KSampler");

const named = (id: string, more: Partial<NodeClass> = {}): NodeClass => ({
  ...base,
  id,
  title: id,
  aliases: [],
  category: ["test"],
  inputs: [],
  outputs: [],
  ...more,
});

const ids = (classes: readonly NodeClass[], query: string, habits: Habits = new Map()): string[] =>
  searchIn(classes, habits)(query, 20).map(({ id }) => id);

describe("the search for a class", () => {
  const all = [...BASIC.classes.values()];

  it("finds by title, id, other words and category, what is called so first", () => {
    expect(ids(all, "checkpoint")[0]).toBe("CheckpointLoaderSimple");
    expect(ids(all, "ksam")[0]).toBe("KSampler");
    expect(ids(all, "prompt")[0]).toBe("CLIPTextEncode");
    expect(ids(all, "conditioning")).toContain("CLIPTextEncode");
  });

  it("finds by the types that it takes and makes", () => {
    expect(ids(all, "latent")[0]).toBe("EmptyLatentImage");
    expect(ids(all, "latent")).toContain("KSampler");
  });

  it("forgives a slip, and wants every word", () => {
    expect(ids(all, "ksmapler")[0]).toBe("KSampler");
    expect(ids(all, "load check")[0]).toBe("CheckpointLoaderSimple");
    expect(ids(all, "load zzzz")).toEqual([]);
  });

  it("puts what is used often first among equals, and what is deprecated last", () => {
    const blurs = [named("Blur A"), named("Blur B"), named("Blur C", { deprecated: true }), named("Blur D")];
    const habits = new Map([
      ["Blur D", { times: 9, last: 1 }],
      ["Blur C", { times: 50, last: 2 }],
    ]);
    const order = ids(blurs, "blur", habits);
    expect(order[0]).toBe("Blur D");
    expect(order.at(-1)).toBe("Blur C");
  });

  it("finds nothing where nothing is asked for", () => {
    expect(ids(all, " ")).toEqual([]);
  });
});
