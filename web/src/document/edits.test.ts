// @vitest-environment node
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { parseCanvas } from "./canvas-read";
import { CanvasDocument } from "./document";
import { addGroup, editGroups } from "./edit-groups";
import { addReroute, connect, disconnect, linksInto, linksOutOf, removeReroute } from "./edit-links";
import { addNode, editNodes, setWidget } from "./edit-nodes";
import { addSocket, removeSocket } from "./edit-sockets";
import { fromInteger, writeJson } from "./json";
import { graphKey, linkKey, nodeKey, rerouteKey, ROOT, SUBGRAPH_INPUT, SUBGRAPH_OUTPUT, type Key } from "./records";
import type { DocumentStore, Transaction } from "./store";
import { CANVAS_04, CANVAS_10 } from "./testing/canvases";
import { inconsistencies } from "./testing/consistency";
import { make, randomEdits } from "./testing/random-edits";

describe("any sequence of edits", () => {
  const documents = fc.constantFrom(CANVAS_04, CANVAS_10);

  it(
    "leaves every link the same at both its ends, and can be undone and done again to the letter",
    () => {
      fc.assert(
        fc.property(documents, randomEdits, (text, edits) => {
          const { store, history, ...document } = open(text);
          const texts = [text];
          for (const edit of edits) {
            const changed = history.mark().depth;
            make(store, edit);
            if (history.mark().depth > changed) texts.push(document.text());
          }
          expect(inconsistencies(document.text())).toEqual([]);
          for (const before of texts.slice(0, -1).reverse()) {
            history.undo();
            expect(document.text()).toBe(before);
          }
          expect(history.undoable).toBeNull();
          for (const after of texts.slice(1)) {
            history.redo();
            expect(document.text()).toBe(after);
          }
        }),
        { numRuns: 25 },
      );
    },
    LONG,
  );

  it(
    "is read again as what was written",
    () => {
      fc.assert(
        fc.property(documents, randomEdits, (text, edits) => {
          const { store, ...document } = open(text);
          for (const edit of edits) make(store, edit);
          expect(meaning(CanvasDocument.open(document.text()).store)).toEqual(meaning(store));
        }),
        { numRuns: 25 },
      );
    },
    LONG,
  );
});

/** On a machine that is busy with something else; the tests take a second or two. */
const LONG = 60_000;

/** What the records say, without what they remember of the file. */
function meaning(store: DocumentStore): Map<Key, unknown> {
  const form = store.root().form;
  const said = (name: string, value: unknown): unknown => {
    if (name === "source" || name === "linked" || name === "place") return undefined;
    return form === "0.4" && name === "counters" ? undefined : value; // of which such a file keeps two
  };
  return new Map(
    Array.from(store.all(), (record) => [record.key, JSON.parse(JSON.stringify(record, said)) as unknown]),
  );
}

it("changes no letter but those of what was edited", () => {
  const edited = (edit: (transaction: Transaction) => void): string => {
    const { store, text } = open(SPACED);
    store.transact("edit", edit);
    return text();
  };
  const SPACED = writeJson(parseCanvas(CANVAS_04), { indent: "", space: " ", end: "", ascii: false });
  const sampler = nodeKey(ROOT, 7);

  expect(
    edited((transaction) => {
      editNodes(transaction, [nodeKey(ROOT, 4)], { position: { x: 15.5, y: 20 } });
    }),
  ).toBe(SPACED.replace("[10.0, 20]", "[15.5, 20]"));
  expect(
    edited((transaction) => {
      setWidget(transaction, sampler, { index: 2, name: "steps" }, 30);
    }),
  ).toBe(SPACED.replace('"randomize", 20', '"randomize", 30').replace('"steps": 20', '"steps": 30'));
  expect(
    edited((transaction) => {
      setWidget(transaction, sampler, { index: 0, name: "seed" }, fromInteger(2n ** 63n));
    }),
  ).toBe(SPACED.replaceAll("18446744073709551615", "9223372036854775808"));
  expect(
    edited((transaction) => {
      editNodes(transaction, [sampler], { mode: 0, title: null });
    }),
  ).toBe(SPACED.replace('"mode": 4', '"mode": 0').replace('"title": "First", ', ""));
  expect(
    edited((transaction) => {
      editGroups(transaction, ["graph/group:#0"], { title: "Named" });
    }),
  ).toBe(SPACED.replace("Without an id", "Named"));
});

describe("a link", () => {
  it("takes the place of what fed the input, and takes its reroutes along where nothing else runs through them", () => {
    const { store, file } = open(CANVAS_04);
    store.transact("connect", (transaction) => {
      connect(transaction, ROOT, { node: 7, slot: 0 }, { node: 7, slot: 0 });
    });
    expect(linksInto(store, ROOT, { node: 7, slot: 0 }).map(({ id, type }) => [id, type])).toEqual([[15, "IMAGE"]]);
    expect(linksOutOf(store, ROOT, { node: 4, slot: 0 }).map(({ id }) => id)).toEqual([8]);
    expect(store.members(ROOT, "reroute").map(({ id }) => id)).toEqual([2, 3]);
    expect(file().links).toContainEqual([15, 7, 0, 7, 0, "IMAGE"]);
  });

  it("stays the same one where it is there already", () => {
    const { store, text } = open(CANVAS_04);
    store.transact("connect", (transaction) => connect(transaction, ROOT, { node: 4, slot: 0 }, { node: 7, slot: 0 }));
    expect(text()).toBe(CANVAS_04);
  });

  it("meets the borders of a subgraph", () => {
    const inner = graphKey("5f0c7a2b-0000-4000-8000-000000000002");
    const { store, file, text } = open(CANVAS_04);
    store.transact("connect", (transaction) => {
      disconnect(transaction, linkKey(inner, 3));
      connect(transaction, inner, { node: SUBGRAPH_INPUT, slot: 0 }, { node: SUBGRAPH_OUTPUT, slot: 0 });
    });
    const [definition] = file().definitions?.subgraphs ?? [];
    expect(definition?.inputs?.map(({ linkIds }) => linkIds)).toEqual([[1, 4]]);
    expect(definition?.outputs?.map(({ linkIds }) => linkIds)).toEqual([[4]]);
    expect(inconsistencies(text())).toEqual([]);
  });

  it("needs a socket at both ends", () => {
    const { store, text } = open(CANVAS_04);
    for (const [origin, target] of [
      [
        { node: 7, slot: 0 },
        { node: 7, slot: 9 },
      ],
      [
        { node: 2, slot: 0 },
        { node: 7, slot: 0 },
      ],
    ] as const) {
      expect(() => store.transact("connect", (transaction) => connect(transaction, ROOT, origin, target))).toThrow(
        RangeError,
      );
    }
    expect(text()).toBe(CANVAS_04);
  });

  it("names nodes as the file does, beyond 2⁵³ too", () => {
    const big = "9007199254740993";
    const sockets = '"inputs": [{"name": "x", "type": "X"}], "outputs": [{"name": "x", "type": "X"}]';
    const { store, text } = open(
      `{"nodes": [{"id": ${big}, "type": "A", ${sockets}}, {"id": "b", "type": "A", ${sockets}}], "links": []}`,
    );
    store.transact("connect", (transaction) => {
      connect(transaction, ROOT, { node: big, slot: 0 }, { node: "b", slot: 0 });
    });
    expect(text()).toContain(`"links": [[1,${big},0,"b",0,"X"]]`.replaceAll(",", ", "));
  });

  it("goes with its last bend where it hangs on nothing else", () => {
    const { store, text } = open(CANVAS_04);
    store.transact("straighten", (transaction) => {
      removeReroute(transaction, rerouteKey(ROOT, 3));
    });
    expect(store.members(ROOT, "link").filter(({ floating }) => floating)).toEqual([]);
    expect(inconsistencies(text())).toEqual([]);
  });

  it("is bent and straightened, in both formats", () => {
    for (const canvas of [CANVAS_04, CANVAS_10]) {
      const { store, text } = open(canvas);
      const [link] = store.members(ROOT, "link");
      store.transact("bend", (transaction) => {
        addReroute(transaction, link?.key ?? "", { x: 1, y: 2 });
      });
      expect(store.members(ROOT, "reroute")).toHaveLength(canvas === CANVAS_04 ? 4 : 2);
      expect(inconsistencies(text())).toEqual([]);
      store.transact("straighten", (transaction) => {
        for (const { key } of transaction.members(ROOT, "reroute")) removeReroute(transaction, key);
      });
      expect(store.get(rerouteKey(ROOT, 2))).toBeUndefined();
      expect(store.members(ROOT, "link").every(({ parent }) => parent === null)).toBe(true);
    }
  });
});

describe("a new node", () => {
  it("has everything that a node has in a file, and the next id of its graph", () => {
    const { store, file } = open(CANVAS_04);
    store.transact("add", (transaction) => {
      addNode(transaction, ROOT, {
        classId: "VAEDecode",
        position: { x: 1, y: 2 },
        size: { width: 3, height: 4 },
        inputs: [
          { name: "samples", type: "LATENT" },
          { name: "n", type: "INT", widget: "n" },
        ],
        outputs: [{ name: "IMAGE", type: "IMAGE" }],
        widgets: [5],
      });
    });
    expect(file().last_node_id).toBe(10);
    expect(file().nodes.at(-1)).toEqual({
      id: 10,
      type: "VAEDecode",
      pos: [1, 2],
      size: [3, 4],
      flags: {},
      order: 5,
      mode: 0,
      inputs: [
        { name: "samples", type: "LATENT", link: null },
        { name: "n", type: "INT", link: null, widget: { name: "n" } },
      ],
      outputs: [{ name: "IMAGE", type: "IMAGE", links: [] }],
      properties: {},
      widgets_values: [5],
    });
  });

  it("gets an id of its own where the file's counter is no number to count on from", () => {
    for (const counter of ["1e300", "9007199254740993", "-5", "2.5"]) {
      const { store, file } = open(`{"last_node_id": ${counter}, "nodes": [{"id": 1, "type": "A"}]}`);
      store.transact("add", (transaction) => {
        for (const classId of ["B", "C"]) {
          addNode(transaction, ROOT, { classId, position: ORIGIN, size: { width: 0, height: 0 } });
        }
      });
      expect([counter, file().nodes.map(({ id }) => id)]).toEqual([counter, [1, 2, 3]]);
    }
  });

  it("gets an id of its own where the file's counter lags behind", () => {
    const { store, file } = open('{"nodes": [{"id": 1, "type": "A"}, {"id": 2, "type": "A"}]}');
    store.transact("add", (transaction) => {
      addNode(transaction, ROOT, { classId: "A", position: ORIGIN, size: { width: 0, height: 0 } });
      addGroup(transaction, ROOT, { title: "G", bounds: { x: 0, y: 0, width: 1, height: 1 } });
    });
    expect(file().nodes.map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(file().groups).toEqual([{ id: 1, title: "G", bounding: [0, 0, 1, 1], flags: {} }]);
  });
});

describe("a socket", () => {
  it("comes and goes without moving the links of the others", () => {
    const { store, file, text } = open(CANVAS_04);
    const sampler = nodeKey(ROOT, 7);
    const before = new Set(store.all());
    store.transact("add", (transaction) => {
      addSocket(transaction, sampler, "inputs", { name: "steps", type: "INT", widget: "steps" }, 1);
    });
    expect(file().links).toContainEqual([9, 9, 0, 7, 2, "IMAGE"]);
    expect(store.need(sampler, "node").inputs.map(({ name }) => name)).toEqual(["model", "steps", "image", "seed"]);
    expect(inconsistencies(text())).toEqual([]);
    store.transact("remove", (transaction) => {
      removeSocket(transaction, sampler, "inputs", 1);
    });
    expect(new Set(store.all())).toEqual(before);
    expect(text()).toBe(CANVAS_04);
  });

  it("takes its links along", () => {
    const { store, text } = open(CANVAS_04);
    store.transact("remove", (transaction) => {
      removeSocket(transaction, nodeKey(ROOT, 4), "outputs", 0);
    });
    expect(store.linksAt(ROOT, 4).map(({ id, origin }) => [id, origin.slot])).toEqual([[1, 0]]);
    expect(inconsistencies(text())).toEqual([]);
  });
});

it("keeps widgets that are saved by name by name", () => {
  const { store, file } = open(CANVAS_04);
  store.transact("edit", (transaction) => {
    setWidget(transaction, nodeKey(ROOT, "8"), { index: 0, name: "prefix" }, "y");
    setWidget(transaction, nodeKey(ROOT, 9), { index: 2, name: "c" }, "z");
  });
  expect(file().nodes.map(({ widgets_values }) => widgets_values)).toMatchObject([
    {},
    {},
    [null, null, "z"],
    { prefix: "y" },
    {},
  ]);
});

const ORIGIN = { x: 0, y: 0 };

interface Written {
  readonly last_node_id?: number;
  readonly nodes: readonly { readonly id: unknown; readonly widgets_values?: unknown }[];
  readonly links: readonly unknown[];
  readonly groups?: readonly unknown[];
  readonly inputs?: readonly { readonly linkIds: unknown }[];
  readonly outputs?: readonly { readonly linkIds: unknown }[];
  readonly definitions?: { readonly subgraphs: readonly Written[] };
}

function open(canvas: string) {
  const document = CanvasDocument.open(canvas);
  const text = (): string => document.text();
  return { store: document.store, history: document.history, text, file: () => JSON.parse(text()) as Written };
}
