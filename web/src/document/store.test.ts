// @vitest-environment node
import { beforeEach, describe, expect, it, vi } from "vitest";

import { parseCanvas, readCanvas } from "./canvas-read";
import { addNode, editNodes, removeNodes } from "./edit-nodes";
import { nodeKey, ROOT } from "./records";
import { DocumentStore, type Change } from "./store";
import { CANVAS_04 } from "./testing/canvases";

const LOADER = nodeKey(ROOT, 4);
const NEW = { classId: "K", position: { x: 0, y: 0 }, size: { width: 1, height: 1 } };

let store: DocumentStore;
let changes: Change[];

beforeEach(() => {
  store = new DocumentStore(readCanvas(parseCanvas(CANVAS_04)));
  changes = [];
  store.subscribe((change) => changes.push(change));
});

it("tells of a drag as one changed record, and touches no other", () => {
  const before = new Map(Array.from(store.all(), (record) => [record.key, record]));
  store.transact("drag", (transaction) => {
    for (let step = 0; step < 5; step += 1) editNodes(transaction, [LOADER], { position: { x: 11 + step, y: 20 } });
  });
  expect(changes.map(({ label }) => label)).toEqual(["drag"]);
  expect([...(changes[0]?.diff.updated.keys() ?? [])]).toEqual([LOADER]);
  expect(store.need(LOADER, "node").position).toEqual({ x: 15, y: 20 });
  for (const record of store.all()) if (record.key !== LOADER) expect(record).toBe(before.get(record.key));
});

it("tells of nothing where nothing came of it", () => {
  const root = store.root();
  store.transact("there and back", (transaction) => {
    const { key } = addNode(transaction, ROOT, NEW);
    removeNodes(transaction, [key]);
    transaction.put(root);
  });
  expect(changes).toEqual([]);
});

describe("an edit inside another", () => {
  it("becomes part of it", () => {
    store.transact("outer", (transaction) => {
      editNodes(transaction, [LOADER], { title: "A" });
      store.transact("inner", (inner) => {
        editNodes(inner, [LOADER], { mode: 4 });
      });
      expect(changes).toEqual([]);
    });
    expect(changes.map(({ label }) => label)).toEqual(["outer"]);
    expect(store.need(LOADER, "node")).toMatchObject({ title: "A", mode: 4 });
  });

  it("that fails takes back what it did, and no more where the outer one goes on", () => {
    store.transact("outer", (transaction) => {
      editNodes(transaction, [LOADER], { title: "A" });
      expect(() => {
        store.transact("inner", (inner) => {
          editNodes(inner, [LOADER], { title: "B" });
          removeNodes(inner, [nodeKey(ROOT, 7)]);
          throw new Error("no");
        });
      }).toThrow("no");
    });
    expect(store.need(LOADER, "node").title).toBe("A");
    expect(store.linksAt(ROOT, 7)).toHaveLength(3);
  });
});

it("is as before an edit that fails, and tells nobody", () => {
  const [all, links] = [new Set(store.all()), store.linksAt(ROOT, 4)];
  expect(() => {
    store.transact("fails", (transaction) => {
      addNode(transaction, ROOT, NEW);
      removeNodes(transaction, [LOADER]);
      throw new Error("no");
    });
  }).toThrow("no");
  expect(new Set(store.all())).toEqual(all);
  expect(links).toHaveLength(3);
  expect(store.linksAt(ROOT, 4)).toEqual(links);
  expect(changes).toEqual([]);
});

it("refuses to be changed by who is being told of a change", () => {
  const listener = vi.fn(() => {
    store.transact("again", (transaction) => addNode(transaction, ROOT, NEW));
  });
  const unsubscribe = store.subscribe(listener);
  expect(() => store.transact("first", (transaction) => addNode(transaction, ROOT, NEW))).toThrow(/told/);
  unsubscribe();
  store.transact("second", (transaction) => addNode(transaction, ROOT, NEW));
  expect(listener).toHaveBeenCalledOnce();
});

it("refuses to be changed outside an edit", () => {
  const kept = store.transact("edit", (transaction) => transaction);
  expect(() => {
    kept.remove(LOADER);
  }).toThrow(/transaction/);
});

it("says which record there is not", () => {
  expect(() => store.need(nodeKey(ROOT, 99), "node")).toThrow(RangeError);
  expect(() => store.need(LOADER, "link")).toThrow(RangeError);
});
