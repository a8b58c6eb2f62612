import { describe, expect, it } from "vitest";

import { find } from "./search";

const items = ["Save", "Save as…", "Autosave drafts", "Zoom in", "Fit into view", "Save a picture of the view"].map(
  (label) => ({ label, words: [] }),
);
const labels = (query: string): string[] => find(items, query, 10).map(({ label }) => label);

describe("the search of the palette", () => {
  it("puts the very name first, then what begins with it, then what contains it", () => {
    expect(labels("save").slice(0, 2)).toEqual(["Save", "Save as…"]);
    expect(labels("save").at(-1)).toBe("Autosave drafts");
    expect(labels("view").at(0)).toMatch(/view$/);
  });

  it("forgives a slip", () => {
    expect(labels("zomo")[0]).toBe("Zoom in");
    expect(labels("sav as")[0]).toBe("Save as…");
  });

  it("shows everything in its own order where nothing is asked for", () => {
    expect(labels("  ")).toEqual(items.map(({ label }) => label));
    expect(find(items, "", 2)).toHaveLength(2);
  });

  it("finds by other words, after what is called that", () => {
    const both = [
      { label: "放大", words: ["Zoom in"] },
      { label: "Zoom", words: [] },
    ];
    expect(find(both, "zoom", 10).map(({ label }) => label)).toEqual(["Zoom", "放大"]);
  });

  it("finds nothing where nothing fits", () => {
    expect(labels("qqqq")).toEqual([]);
  });
});
