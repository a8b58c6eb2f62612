// @vitest-environment node
import { describe, expect, it } from "vitest";

import { copy, paste, RecursionError, type HowToPaste } from "./clipboard";
import { CanvasDocument } from "./document";
import { groupKey, graphKey, nodeKey, ROOT, SUBGRAPH_INPUT, type Id, type Key } from "./records";
import { CANVAS_04, CANVAS_10 } from "./testing/canvases";
import { inconsistencies } from "./testing/consistency";

const INNER = graphKey("5f0c7a2b-0000-4000-8000-000000000002");
const AT = { x: 1000, y: 2000 };

function copied(graph: Key, ...ids: Id[]): string {
  const { store } = CanvasDocument.open(CANVAS_04);
  return copy(store, graph, [...ids.map((id) => nodeKey(graph, id)), groupKey(ROOT, "#0")]);
}

interface Where extends HowToPaste {
  readonly into?: string;
  readonly graph?: Key;
}

function pasted(text: string, { into = CANVAS_04, graph = ROOT, ...how }: Where = {}) {
  const document = CanvasDocument.open(into);
  const keys = document.store.transact("paste", (transaction) => paste(transaction, graph, text, AT, how));
  expect(inconsistencies(document.text())).toEqual([]);
  return { document, store: document.store, keys };
}

describe("what is pasted", () => {
  it("has new ids, the links within, and its upper left corner where it was put", () => {
    const { store, keys } = pasted(copied(ROOT, 4, 7));
    expect(keys).toEqual([nodeKey(ROOT, 10), nodeKey(ROOT, 11), groupKey(ROOT, 1)]);
    expect(store.need(nodeKey(ROOT, 10), "node").position).toEqual({ x: 1010, y: 2020 });
    expect(store.need(groupKey(ROOT, 1), "group").bounds).toMatchObject(AT);
    const links = store.linksAt(ROOT, 11).map(({ id, origin, target }) => [id, origin, target]);
    expect(links).toEqual([[15, { node: 10, slot: 0 }, { node: 11, slot: 0 }]]);
  });

  it("brings the reroutes of its links", () => {
    const { store } = pasted(copied(ROOT, 4, 7));
    expect(store.members(ROOT, "reroute").map(({ id, parent }) => [id, parent])).toEqual([
      [2, null],
      [5, 2],
      [3, null],
      [1, null],
      [4, 1],
    ]);
    expect(store.linksAt(ROOT, 11)[0]?.parent).toBe(4);
  });

  it("keeps all that the editor does not know of, and every seed", () => {
    const { document } = pasted(copied(ROOT, 7), { into: CANVAS_10 });
    expect(document.text()).toContain('"of_some_pack":{"a":[1e-5]}');
    expect(document.text()).toContain('"widgets_values":[18446744073709551615,"randomize",20,8.0]');
  });

  it("brings the definitions it needs, once", () => {
    const text = copied(ROOT, 9);
    expect(pasted(text).store.members(ROOT, "graph")).toHaveLength(1);
    const { store, document } = pasted(text, { into: CANVAS_10 });
    expect(store.members(ROOT, "graph").map(({ id, name }) => [id, name])).toEqual([
      [INNER.slice("graph:".length), "Inner"],
    ]);
    expect(store.members(INNER, "link")).toHaveLength(3);
    expect(document.text()).toContain("9007199254740993");
  });

  it("goes into a subgraph, and out of one", () => {
    const inside = pasted(copied(ROOT, 4, 7), { graph: INNER }).store;
    expect(inside.members(INNER, "link").map(({ id }) => id)).toEqual([1, 2, 3, 4]);
    const outside = pasted(copied(INNER, 1, 2)).store;
    expect(outside.linksAt(ROOT, 10).map(({ type, target }) => [type, target.node])).toEqual([["IMAGE", 11]]);
  });

  it("may be a whole workflow", () => {
    const { store } = pasted(CANVAS_04, { into: CANVAS_10 });
    expect(store.members(ROOT, "node")).toHaveLength(8);
    expect(store.members(ROOT, "link")).toHaveLength(6);
  });

  it("is linked to what fed the original where that is wished, and where it is still there", () => {
    const text = copied(ROOT, 7);
    expect(pasted(text).store.linksAt(ROOT, 10)).toEqual([]);
    const incoming = pasted(text, { incoming: true }).store.linksAt(ROOT, 10);
    expect(incoming.map(({ origin, target }) => [origin, target.slot])).toEqual([
      [{ node: 4, slot: 0 }, 0],
      [{ node: 9, slot: 0 }, 1],
    ]);
    // There is a node 4 in no other document, and a node 3 without an output.
    expect(pasted(text, { into: CANVAS_10, incoming: true }).store.linksAt(ROOT, 4)).toEqual([]);
  });

  it("is linked to the inputs of its subgraph too", () => {
    const { store } = pasted(copied(INNER, 1), { graph: INNER, incoming: true });
    expect(store.linksAt(INNER, 3).map(({ origin }) => origin)).toEqual([{ node: SUBGRAPH_INPUT, slot: 0 }]);
  });

  it("is no subgraph within itself, and nothing comes of the attempt", () => {
    const document = CanvasDocument.open(CANVAS_04);
    expect(() =>
      document.store.transact("paste", (transaction) => paste(transaction, INNER, copied(ROOT, 9), AT)),
    ).toThrow(RecursionError);
    expect(document.text()).toBe(CANVAS_04);
  });
});
