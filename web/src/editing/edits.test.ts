// @vitest-environment node
import fc from "fast-check";
import { expect, it } from "vitest";

import type { Catalog } from "../classes/catalog";
import { faceOf } from "../classes/face";
import { BASIC } from "../classes/testing/catalogs";
import { NEWER, OLDER } from "../classes/testing/subgraphs";
import { CanvasDocument } from "../document/document";
import { writeJson } from "../document/json";
import { graphKey, linkKey, nodeKey, ROOT, type Key } from "../document/records";
import type { DocumentStore } from "../document/store";
import { inconsistencies } from "../document/testing/consistency";
import { closesCircle } from "./circle";
import { unlink } from "./connect";
import { Bench } from "./testing/bench";
import { make, randomEdits } from "./testing/random-edits";

/** Sockets of widgets that say nothing of being one, as files have them whose class has changed since. */
const UNMARKED = JSON.stringify({
  last_node_id: 3,
  last_link_id: 1,
  nodes: [
    {
      id: 1,
      type: "KSampler",
      inputs: [
        { name: "seed", type: "INT", link: null },
        { name: "steps", type: "INT", link: 1 },
      ],
      widgets_values: [77, "fixed", 8.5, "heun", "karras", 0.5],
    },
    { id: 2, type: "PrimitiveInt", outputs: [{ name: "INT", type: "INT", links: [1] }], widgets_values: [3, "fixed"] },
    { id: 3, type: "ImageScale", widgets_values: ["bilinear", 640, 480] },
  ],
  links: [[1, 2, 0, 1, 1, "INT"]],
});

const LONG = 60_000;

it(
  "edits of links and nodes close no circle, leave the file consistent and each widget its value, and are undone to the letter",
  () => {
    fc.assert(
      fc.property(fc.constantFrom(NEWER, OLDER, UNMARKED), randomEdits, (text, edits) => {
        const document = CanvasDocument.open(text);
        const { store, history } = document;
        for (const edit of edits) {
          const before = valuesIn(store, BASIC);
          make(store, BASIC, edit);
          const after = valuesIn(store, BASIC);
          for (const [name, value] of before)
            if (after.has(name)) expect([name, after.get(name)]).toEqual([name, value]);
          expect(inconsistencies(document.text())).toEqual([]);
          expect(circlesIn(store)).toEqual([]);
        }
        while (history.undoable !== null) history.undo();
        expect(document.text()).toBe(text);
      }),
      { numRuns: 40 },
    );
  },
  LONG,
);

it("an instance keeps its own values where an input before them stops feeding a widget inside", () => {
  const bench = new Bench(CanvasDocument.open(NEWER));
  const instance = bench.store.need(nodeKey(ROOT, 8), "node");
  const unmarked = { ...instance, inputs: instance.inputs.map((socket) => ({ ...socket, widget: null })) };
  bench.edit((transaction) => {
    transaction.put(unmarked);
    unlink(transaction, linkKey(graphKey(instance.classId), 2), bench.catalog);
  });
  expect(bench.face(instance).widgets.map(({ name, value }) => [name, value])).toEqual([["steps", 30]]);
  expect(bench.node(instance).widgets).toEqual([30]);
});

it("a socket that says nothing of being a widget's gives it its place in the list when nothing is linked any more", () => {
  const bench = new Bench(CanvasDocument.open(UNMARKED));
  const sampler = bench.store.need(nodeKey(ROOT, 1), "node");
  bench.edit((transaction) => {
    unlink(transaction, linkKey(ROOT, 1), bench.catalog);
  });
  expect(bench.node(sampler).widgets).toEqual([77, "fixed", 20, 8.5, "heun", "karras", 0.5]);
});

/** The links by which something feeds itself. */
function circlesIn(store: DocumentStore): Key[] {
  return [...store.all()].flatMap((record) =>
    record.kind === "link" && closesCircle(store, record.graph, record.origin, record.target) ? [record.key] : [],
  );
}

/** What each widget says, primitives aside: they become what they feed. */
function valuesIn(store: DocumentStore, catalog: Catalog): Map<string, string> {
  const values = new Map<string, string>();
  for (const record of store.all()) {
    if (record.kind !== "node") continue;
    const { kind, widgets } = faceOf(store, record.key, catalog);
    if (kind === "primitive") continue;
    for (const { name, value, inner } of widgets)
      values.set([record.key, inner?.node, inner?.name, name].join(" "), writeJson(value));
  }
  return values;
}
