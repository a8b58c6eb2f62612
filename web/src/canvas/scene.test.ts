import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { CanvasDocument } from "../document/document";
import { addReroute, connect, disconnect } from "../document/edit-links";
import { addNode, editNodes, removeNodes } from "../document/edit-nodes";
import { addGroup } from "../document/edit-groups";
import { graphKey, MODE, nodeKey, ROOT, SUBGRAPH_INPUT, type Key } from "../document/records";
import type { DocumentStore } from "../document/store";
import { CANVAS_04, CANVAS_10 } from "../document/testing/canvases";
import { make, randomEdits } from "../document/testing/random-edits";
import { Scene } from "./scene";
import { plainFace } from "./testing/plain-faces";

const INNER = graphKey("5f0c7a2b-0000-4000-8000-000000000002");
const EVERYWHERE = { x: -1e6, y: -1e6, width: 2e6, height: 2e6 };

const sceneOf = (store: DocumentStore, graph: Key = ROOT): Scene =>
  new Scene(store, (key) => plainFace(store, key), graph);

/** All that a scene would draw, in an order of its own. */
function drawing(scene: Scene): unknown {
  const sorted = <T extends { readonly key: Key }>(shapes: Iterable<T>): T[] =>
    [...shapes].sort((one, other) => (one.key < other.key ? -1 : 1));
  return {
    nodes: scene.nodesIn(EVERYWHERE).map(({ key, record, bounds, look: { face, layout, linked } }) => {
      // The face of a node that only moved still has the record of before; nothing of it but the position differs.
      return { key, record, bounds, layout, linked, face: { ...face, record } };
    }),
    links: sorted(scene.linksIn(EVERYWHERE)),
    reroutes: sorted(scene.reroutesIn(EVERYWHERE)).map((shape) => ({ ...shape, type: scene.typeThrough(shape) })),
    groups: scene.groupsIn(EVERYWHERE),
    borders: scene.bordersIn(EVERYWHERE),
    sockets: [...scene.sockets("inputs")].length + [...scene.sockets("outputs")].length,
  };
}

describe("a scene that follows a document", () => {
  it.each([
    ["the root of a 0.4 file", CANVAS_04, ROOT],
    ["the inside of a subgraph", CANVAS_04, INNER],
    ["a 1.0 file", CANVAS_10, ROOT],
  ])("draws what one made anew would: %s", (_name, text, graph) => {
    fc.assert(
      fc.property(randomEdits, (edits) => {
        const { store, history } = CanvasDocument.open(text);
        const scene = sceneOf(store, graph);
        scene.follow();
        for (const edit of edits) make(store, edit);
        expect(drawing(scene)).toEqual(drawing(sceneOf(store, graph)));
        while (history.undoable !== null) history.undo();
        expect(drawing(scene)).toEqual(drawing(sceneOf(store, graph)));
      }),
      { numRuns: 60 },
    );
  });

  it("makes only what moved anew", () => {
    const { store } = CanvasDocument.open(CANVAS_04);
    const scene = sceneOf(store);
    scene.follow();
    const keys = store.members(ROOT, "node").map(({ key }) => key);
    const before = new Map(keys.map((key) => [key, scene.node(key)]));
    const moved = nodeKey(ROOT, 4);
    store.transact("move", (transaction) => {
      editNodes(transaction, [moved], { position: { x: 15, y: 25 } });
    });
    for (const key of keys) expect(scene.node(key) === before.get(key)).toBe(key !== moved);
    expect(scene.node(moved)?.look).toBe(before.get(moved)?.look);
    expect(scene.boundsOf(moved)).toEqual({ x: 15, y: -5, width: 210, height: 128 });
  });

  it("tells that there is something to draw, and stops when it is not wanted", () => {
    const { store } = CanvasDocument.open(CANVAS_04);
    const scene = sceneOf(store);
    const stop = scene.follow();
    let told = 0;
    scene.subscribe(() => (told += 1));
    const move = (): void => {
      store.transact("move", (transaction) => {
        editNodes(transaction, [nodeKey(ROOT, 4)], { position: { x: 1, y: 0 } });
      });
    };
    move();
    expect(told).toBe(1);
    stop();
    move();
    expect(told).toBe(1);
  });

  it("looks at instances anew when their definition changes", () => {
    const { store } = CanvasDocument.open(CANVAS_04);
    const scene = sceneOf(store);
    scene.follow();
    store.transact("rename", (transaction) => {
      transaction.put({ ...transaction.need(INNER, "graph"), name: "Other" });
    });
    expect(scene.node(nodeKey(ROOT, 9))?.look.face.title).toBe("Other");
  });

  it("makes room for a picture, and takes it back", () => {
    const { store } = CanvasDocument.open(CANVAS_04);
    const scene = sceneOf(store);
    const key = nodeKey(ROOT, 4);
    const before = scene.boundsOf(key);
    scene.showOutcomes(new Map([[key, { picture: true, text: false }]]));
    expect(scene.boundsOf(key)?.height).toBeGreaterThan(before?.height ?? Infinity);
    expect(scene.node(key)?.look.layout.pictures).not.toBeNull();
    scene.showOutcomes(new Map());
    expect(scene.boundsOf(key)).toEqual(before);
  });
});

/** Two nodes with a link from A's output to B's input, and a frame around both. */
function pair() {
  const { store } = CanvasDocument.empty();
  return store.transact("build", (transaction) => {
    const size = { width: 200, height: 100 };
    const socket = { name: "x", type: "IMAGE" };
    const a = addNode(transaction, ROOT, {
      classId: "A",
      position: { x: 0, y: 0 },
      size,
      outputs: [socket],
      widgets: [1],
    });
    const b = addNode(transaction, ROOT, { classId: "B", position: { x: 400, y: 0 }, size, inputs: [socket] });
    const link = connect(transaction, ROOT, { node: a.id, slot: 0 }, { node: b.id, slot: 0 });
    const group = addGroup(transaction, ROOT, { title: "G", bounds: { x: -50, y: -100, width: 700, height: 300 } });
    return { store, a: a.key, b: b.key, link: link.key, group: group.key };
  });
}

describe("what lies at a point", () => {
  const { store, a, b, link, group } = pair();
  const scene = sceneOf(store);

  it.each([
    ["a title", { x: 100, y: -15 }, { kind: "title", node: a }],
    ["the arrow that collapses", { x: 10, y: -15 }, { kind: "collapse", node: a }],
    ["a body", { x: 100, y: 14 }, { kind: "body", node: a }],
    ["a widget", { x: 100, y: 35 }, { kind: "widget", node: a, index: 0 }],
    ["the corner of a node", { x: 196, y: 96 }, { kind: "resize", node: a }],
    ["the title of a frame", { x: 300, y: -90 }, { kind: "group-title", group }],
    ["the corner of a frame", { x: 648, y: 198 }, { kind: "group-resize", group }],
    ["the inside of a frame", { x: 300, y: 150 }, { kind: "nothing" }],
    ["nothing", { x: 2000, y: 2000 }, { kind: "nothing" }],
  ])("finds %s", (_name, point, hit) => {
    expect(scene.hit(point, 1)).toEqual(hit);
  });

  it("finds sockets, half of which stand out of the node", () => {
    expect(scene.hit({ x: 206, y: 14 }, 1)).toMatchObject({
      kind: "socket",
      socket: { side: "outputs", type: "IMAGE" },
    });
    expect(scene.hit({ x: 394, y: 14 }, 1)).toMatchObject({ kind: "socket", socket: { side: "inputs", name: "x" } });
  });

  it("finds links as far away as a pointer is inexact, at any scale", () => {
    expect(scene.hit({ x: 300, y: 18 }, 1)).toMatchObject({ kind: "link", link });
    expect(scene.hit({ x: 300, y: 30 }, 1)).toEqual({ kind: "nothing" });
    expect(scene.hit({ x: 300, y: 60 }, 0.1)).toMatchObject({ kind: "link", link });
  });

  it("offers nothing that is not drawn from afar", () => {
    expect(scene.hit({ x: 100, y: 35 }, 0.3)).toEqual({ kind: "body", node: a });
    expect(scene.hit({ x: 10, y: -15 }, 0.3)).toEqual({ kind: "title", node: a });
    expect(scene.hit({ x: 196, y: 14 }, 0.1)).toEqual({ kind: "body", node: a });
  });

  it("finds what is drawn above, first", () => {
    const { store, b } = pair();
    store.transact("stack", (transaction) => {
      editNodes(transaction, [b], { position: { x: 10, y: 0 } });
    });
    expect(sceneOf(store).hit({ x: 100, y: 50 }, 1)).toEqual({ kind: "body", node: b });
  });

  it("finds bends", () => {
    const { store, link } = pair();
    const { key } = store.transact("bend", (transaction) => addReroute(transaction, link, { x: 300, y: 150 }));
    const scene = sceneOf(store);
    expect(scene.hit({ x: 303, y: 152 }, 1)).toEqual({ kind: "reroute", reroute: key });
    expect(scene.hit({ x: 300, y: 14 }, 1)).toEqual({ kind: "nothing" });
  });

  it("finds the borders of a subgraph and their sockets", () => {
    const { store } = CanvasDocument.open(CANVAS_04);
    const scene = sceneOf(store, INNER);
    expect(scene.hit({ x: 20, y: 50 }, 1)).toEqual({ kind: "border", side: "inputs" });
    expect(scene.hit({ x: 100, y: 20 }, 1)).toMatchObject({
      kind: "socket",
      socket: { end: { node: SUBGRAPH_INPUT, slot: 0 }, side: "outputs", type: "MODEL", at: { x: 100, y: 20 } },
    });
    expect(scene.socket(SUBGRAPH_INPUT, "outputs", 0)?.type).toBe("MODEL");
    expect(scene.socket(SUBGRAPH_INPUT, "inputs", 0)).toBeUndefined();
  });

  it("says what lies in a box and around things", () => {
    expect(scene.within({ x: 190, y: 50, width: 20, height: 20 })).toEqual([a, group]);
    expect(scene.around([a, b])).toEqual({ x: 0, y: -30, width: 600, height: 130 });
    expect(scene.around([])).toBeNull();
    expect(scene.everything()).toEqual({ x: -50, y: -100, width: 700, height: 300 });
  });
});

describe("links", () => {
  it("are idle where nothing flows", () => {
    const { store, b, link } = pair();
    const scene = sceneOf(store);
    scene.follow();
    expect(scene.link(link)?.idle).toBe(false);
    store.transact("bypass", (transaction) => {
      editNodes(transaction, [b], { mode: MODE.bypassed });
    });
    expect(scene.link(link)?.idle).toBe(true);
  });

  it("end at the ends of a collapsed node", () => {
    const { store, a, link } = pair();
    const scene = sceneOf(store);
    scene.follow();
    store.transact("collapse", (transaction) => {
      editNodes(transaction, [a], { collapsed: true });
    });
    expect(scene.link(link)?.curves[0]?.from).toEqual({ x: 80, y: -15 });
    expect(scene.boundsOf(a)).toEqual({ x: 0, y: -30, width: 80, height: 30 });
  });

  it("go with their node", () => {
    const { store, a, link } = pair();
    const scene = sceneOf(store);
    scene.follow();
    store.transact("remove", (transaction) => {
      removeNodes(transaction, [a]);
    });
    expect(scene.link(link)).toBeUndefined();
    expect([...scene.linksIn(EVERYWHERE)]).toEqual([]);
  });

  it("hang loose at their bend, and are hidden where they have no two points", () => {
    const { store } = CanvasDocument.open(CANVAS_04);
    const scene = sceneOf(store);
    scene.follow();
    const [floating] = [...scene.linksIn(EVERYWHERE)].filter(({ record }) => record.floating);
    expect(floating?.curves).toHaveLength(1);
    expect(floating?.idle).toBe(true);
    const [link] = store.linksAt(ROOT, 4);
    store.transact("cut", (transaction) => {
      if (link) disconnect(transaction, link.key);
    });
    expect(scene.link(link?.key ?? "")).toBeUndefined();
  });
});
