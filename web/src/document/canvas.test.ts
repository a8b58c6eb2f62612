// @vitest-environment node
import { describe, expect, it } from "vitest";

import { NotACanvasError, parseCanvas, readCanvas } from "./canvas-read";
import { writeCanvas } from "./canvas-write";
import { CanvasDocument } from "./document";
import { editNodes, removeNodes } from "./edit-nodes";
import { ExactNumber, layoutOf, writeJson } from "./json";
import { graphKey, nodeKey, ROOT } from "./records";
import { DocumentStore } from "./store";
import { CANVAS_04, CANVAS_10 } from "./testing/canvases";
import { inconsistencies } from "./testing/consistency";
import { FEWEST, templates } from "./testing/templates";

describe("the official workflow files", () => {
  it("are written as they were read: each part is the very object, and the text has the same letters", () => {
    let count = 0;
    for (const { name, text, file } of templates()) {
      expect(writeCanvas(new DocumentStore(readCanvas(file))) === file, name).toBe(true);
      expect(writeJson(file, layoutOf(text)) === text, name).toBe(!LAID_OUT_BY_HAND.has(name));
      count += 1;
    }
    expect(count).toBeGreaterThanOrEqual(FEWEST);
  }, 60_000);
});

/** With an empty line within a list. */
const LAID_OUT_BY_HAND = new Set(["image_anima_base_v1.json"]);

describe("a canvas", () => {
  it.each([CANVAS_04, CANVAS_10])("is consistent in these tests, and written as it was read", (text) => {
    expect(inconsistencies(text)).toEqual([]);
    const file = parseCanvas(text);
    expect(writeCanvas(new DocumentStore(readCanvas(file)))).toBe(file);
    expect(CanvasDocument.open(text).text()).toBe(text);
  });

  it("is typed where the editor needs it", () => {
    const store = new DocumentStore(readCanvas(parseCanvas(CANVAS_04)));
    expect(store.root()).toMatchObject({ form: "0.4", counters: { node: 9, link: 14 } });
    expect(store.need(nodeKey(ROOT, 7), "node")).toMatchObject({
      title: "First",
      mode: 4,
      collapsed: true,
      size: { width: 315, height: 262 },
      inputs: [{ name: "model" }, { name: "image" }, { name: "seed", widget: "seed" }],
      widgets: [new ExactNumber("18446744073709551615"), "randomize", 20, new ExactNumber("8.0")],
    });
    expect(store.need(nodeKey(ROOT, 4), "node").size).toEqual({ width: 210, height: 98 });
    expect(store.members(ROOT, "link").map(({ id, parent, floating }) => [id, parent, floating])).toEqual([
      [3, 5, false],
      [1, 3, true],
      [8, 2, false],
      [9, null, false],
      [10, null, false],
    ]);
    const [definition] = store.members(ROOT, "graph");
    expect(definition).toMatchObject({
      name: "Inner",
      form: "1.0",
      inputs: [{ name: "model" }],
      counters: { link: 3 },
    });
    expect(store.members(definition?.key ?? "", "node").map(({ classId }) => classId)).toEqual(["Sampler", "Blur"]);
  });

  it.each(["[]", "3", "{}", '{"1": {"class_type": "K", "inputs": {}}}'])("is refused where it is none: %s", (text) => {
    expect(() => parseCanvas(text)).toThrow(NotACanvasError);
  });

  it("may be empty", () => {
    const document = CanvasDocument.empty();
    expect(document.store.members(ROOT, "node")).toEqual([]);
    expect(JSON.parse(document.text())).toMatchObject({ nodes: [], version: 0.4 });
  });

  it("may have definitions inside definitions, which are written where they were", () => {
    const inner = { id: "inner", version: 1, nodes: [{ id: 1, type: "A" }], links: [] };
    const outer = { id: "outer", version: 1, nodes: [{ id: 1, type: "inner" }], definitions: { subgraphs: [inner] } };
    const canvas = { nodes: [{ id: 1, type: "outer" }], definitions: { subgraphs: [outer] } };
    const file = parseCanvas(JSON.stringify(canvas));
    const store = new DocumentStore(readCanvas(file));
    expect(writeCanvas(store)).toBe(file);
    store.transact("rename", (transaction) => {
      editNodes(transaction, [nodeKey(graphKey("inner"), 1)], { title: "Deep" });
    });
    const text = JSON.stringify(canvas).replace('"type":"A"', '"type":"A","title":"Deep"');
    expect(writeJson(writeCanvas(store))).toBe(text);
  });
});

/** What a damaged file holds comes back, and can be edited beside. */
it.each([
  ["a link list that is not one", { nodes: [{ id: 1, type: "A" }], links: 3 }],
  [
    "entries that cannot be read",
    { nodes: [null, { id: 1 }, { id: 1, type: "A" }], links: [null, [1], {}], groups: [7] },
  ],
  [
    "two nodes with one id",
    {
      nodes: [
        { id: 1, type: "A" },
        { id: 1, type: "B" },
      ],
      links: [],
    },
  ],
  [
    "links without ends",
    { nodes: [{ id: 1, type: "A", inputs: [{ name: "x", link: 9 }, null] }], links: [[3, 7, 0, 8, 0, "X"]] },
  ],
  [
    "a link that its ends do not name",
    {
      nodes: [{ id: 1, type: "A", inputs: [{ link: null }], outputs: [{ links: [5, 5, 6] }] }],
      links: [[3, 1, 0, 1, 0, "X"]],
    },
  ],
  [
    "reroutes in a circle",
    {
      nodes: [{ id: 1, type: "A" }],
      links: [[3, 1, 0, 1, 0, "X"]],
      extra: {
        reroutes: [
          { id: 1, parentId: 2 },
          { id: 2, parentId: 1 },
        ],
        linkExtensions: [{ id: 3, parentId: 1 }, { id: 4, parentId: 1 }, 5],
      },
    },
  ],
  [
    "sockets and sizes of other kinds",
    {
      nodes: [{ id: 1, type: "A", pos: null, size: "x", inputs: {}, flags: [], properties: null }],
      definitions: { subgraphs: [{ id: "s" }, null] },
    },
  ],
])("keeps %s", (_, canvas) => {
  const file = parseCanvas(JSON.stringify(canvas));
  const store = new DocumentStore(readCanvas(file));
  expect(writeCanvas(store)).toBe(file);
  store.transact("remove", (transaction) => {
    removeNodes(transaction, [nodeKey(ROOT, 1)]);
  });
  expect(store.get(nodeKey(ROOT, 1))).toBeUndefined();
  expect((JSON.parse(writeJson(writeCanvas(store))) as typeof canvas).nodes).toEqual(
    canvas.nodes.filter((node) => node === null || !("type" in node) || node.type === "B"),
  );
});
