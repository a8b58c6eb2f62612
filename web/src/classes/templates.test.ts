// @vitest-environment node
import { describe, expect, it } from "vitest";

import { CanvasDocument } from "../document/document";
import { nodeKey, SUBGRAPH_INPUT, SUBGRAPH_OUTPUT, type Id, type LinkEnd, type LinkRecord } from "../document/records";
import type { DocumentStore } from "../document/store";
import { FEWEST, templates } from "../document/testing/templates";
import { withEditorClasses, type Catalog } from "./catalog";
import { faceOf } from "./face";
import { shownBy } from "./testing/catalogs";

const files = Array.from(templates(), ({ name, text }) => ({ name, store: CanvasDocument.open(text).store }));

it("has all files", () => {
  expect(files.length).toBeGreaterThanOrEqual(FEWEST);
});

describe.each<[string, () => Catalog]>([
  ["known", () => shownBy(files.map(({ store }) => store))],
  ["missing", () => ({ state: "known", classes: withEditorClasses([]) })],
])("where all their classes are %s", (_, makeCatalog) => {
  const catalog = makeCatalog();

  it("gives every node a face that every link of it meets", () => {
    const lost: string[] = [];
    let [links, widgets] = [0, 0];
    for (const { name, store } of files) {
      for (const record of store.all()) {
        if (record.kind === "node") widgets += faceOf(store, record.key, catalog).widgets.length;
        if (record.kind !== "link" || record.floating || !hasBothNodes(store, record)) continue;
        links += 1;
        if (!meets(store, record, catalog)) lost.push(`${name} ${record.key}`);
      }
    }
    expect(lost).toEqual([]);
    expect(links).toBeGreaterThan(9000);
    expect(widgets).toBeGreaterThan(9000);
  }, 60_000);
});

function meets(store: DocumentStore, { graph, origin, target }: LinkRecord, catalog: Catalog): boolean {
  const { inputs, outputs } = store.need(graph, "graph");
  const from = origin.node === SUBGRAPH_INPUT ? inputs : faceOf(store, nodeKey(graph, origin.node), catalog).outputs;
  const to = target.node === SUBGRAPH_OUTPUT ? outputs : faceOf(store, nodeKey(graph, target.node), catalog).inputs;
  return from[origin.slot] !== undefined && to[target.slot] !== undefined;
}

/** A few files have links left over from nodes that are gone. */
function hasBothNodes(store: DocumentStore, { graph, origin, target }: LinkRecord): boolean {
  const there = ({ node }: LinkEnd): boolean => BORDERS.has(node) || store.get(nodeKey(graph, node)) !== undefined;
  return there(origin) && there(target);
}

const BORDERS = new Set<Id>([SUBGRAPH_INPUT, SUBGRAPH_OUTPUT]);
