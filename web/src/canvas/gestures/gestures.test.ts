import { describe, expect, it } from "vitest";

import { addReroute, connect } from "../../document/edit-links";
import { addGroup } from "../../document/edit-groups";
import { editNodes, removeNodes } from "../../document/edit-nodes";
import { nodeKey, ROOT, type Key, type Point } from "../../document/records";
import { inconsistencies } from "../../document/testing/consistency";
import { addNodeOf } from "../../editing/new-node";
import { drag, openGround, pointer, pressAndMove } from "../testing/board";
import type { Ground } from "./gesture";

/** A loader, a prompt and a sampler side by side, and a decoder below; nothing is linked. */
function threeNodes() {
  const ground = openGround();
  const { editor } = ground.surface;
  const { store } = editor.document;
  const classes = { loader: "CheckpointLoaderSimple", prompt: "CLIPTextEncode", sampler: "KSampler" };
  const keys: Record<string, Key> = {};
  store.transact("set up", (transaction) => {
    Object.entries(classes).forEach(([name, classId], index) => {
      const position = { x: 50 + index * 300, y: 100 };
      const measure = () => ({ width: 200, height: 120 });
      keys[name] = addNodeOf(transaction, editor.catalog.getState(), ROOT, classId, position, measure).key;
    });
  });
  editor.document.history.mark();
  return {
    ...ground,
    store,
    editor,
    keys: keys as Record<keyof typeof classes, Key>,
    history: editor.document.history,
  };
}

const position = ({ surface }: Ground, key: Key): Point => surface.editor.document.store.need(key, "node").position;
const titleOf = (ground: Ground, key: Key, by = { x: 100, y: -15 }): Point => {
  const { x, y } = position(ground, key);
  return { x: x + by.x, y: y + by.y };
};
const selection = ({ surface }: Ground): Key[] => [...surface.editor.selection.getState()];

function socketAt({ surface }: Ground, key: Key, side: "inputs" | "outputs", name: string): Point {
  const { id } = surface.editor.document.store.need(key, "node");
  for (const place of surface.scene.sockets(side)) {
    if (place.end.node === id && place.name === name) return place.at;
  }
  throw new Error(`no socket ${name}`);
}

const EMPTY: Point = { x: 20, y: 700 };

describe("selecting", () => {
  it("chooses what is clicked, adds with Shift and toggles with Ctrl", () => {
    const ground = threeNodes();
    const { loader, prompt } = ground.keys;
    drag(ground, [titleOf(ground, loader)]);
    expect(selection(ground)).toEqual([loader]);
    drag(ground, [titleOf(ground, prompt)], { shift: true });
    expect(selection(ground)).toEqual([loader, prompt]);
    drag(ground, [titleOf(ground, loader)], { ctrl: true });
    expect(selection(ground)).toEqual([prompt]);
    drag(ground, [EMPTY]);
    expect(selection(ground)).toEqual([]);
  });

  it("boxes what a drag with Ctrl touches", () => {
    const ground = threeNodes();
    const { loader, prompt, sampler } = ground.keys;
    drag(ground, [EMPTY, { x: 400, y: 150 }], { ctrl: true });
    expect(selection(ground).sort()).toEqual([loader, prompt].sort());
    drag(
      ground,
      [
        { x: 990, y: 790 },
        { x: 800, y: 150 },
      ],
      { shift: true },
    );
    expect(selection(ground).sort()).toEqual([loader, prompt, sampler].sort());
    expect(ground.surface.transient.getState().box).toBeNull();
  });

  it("goes back to what was selected where a box is cancelled", () => {
    const ground = threeNodes();
    drag(ground, [titleOf(ground, ground.keys.sampler)]);
    const gesture = pressAndMove(ground, [EMPTY, { x: 400, y: 150 }], { ctrl: true });
    expect(selection(ground)).toHaveLength(2);
    gesture.cancel();
    expect(selection(ground)).toEqual([ground.keys.sampler]);
  });
});

describe("the empty canvas", () => {
  it("moves under the hand, or is boxed where the person set that", () => {
    const ground = threeNodes();
    drag(ground, [EMPTY, { x: 120, y: 650 }]);
    expect(ground.editor.view.getState().viewport).toMatchObject({ x: 100, y: -50 });
    ground.settings.setState({ leftDrag: "select" });
    drag(ground, [EMPTY, { x: 900, y: 40 }]);
    expect(selection(ground)).toHaveLength(3);
    expect(ground.editor.view.getState().viewport).toMatchObject({ x: 100, y: -50 });
  });
});

describe("dragging", () => {
  it("moves all that is selected, as one edit", () => {
    const ground = threeNodes();
    const { loader, prompt, sampler } = ground.keys;
    drag(ground, [titleOf(ground, loader)]);
    drag(ground, [titleOf(ground, prompt)], { shift: true });
    const from = titleOf(ground, prompt);
    drag(ground, [from, { x: from.x + 20, y: from.y + 333 }, { x: from.x + 47, y: from.y + 391 }], { ctrl: false });
    expect(position(ground, loader)).toEqual({ x: 97, y: 491 });
    expect(position(ground, prompt)).toEqual({ x: 397, y: 491 });
    expect(position(ground, sampler)).toEqual({ x: 650, y: 100 });
    ground.history.undo();
    expect(position(ground, loader)).toEqual({ x: 50, y: 100 });
    expect(position(ground, prompt)).toEqual({ x: 350, y: 100 });
  });

  it("is as if it had never been where it is cancelled", () => {
    const ground = threeNodes();
    const before = ground.document.text();
    const undoable = ground.history.undoable;
    const from = titleOf(ground, ground.keys.loader);
    pressAndMove(ground, [from, { x: 500, y: 600 }]).cancel();
    expect(ground.document.text()).toBe(before);
    expect(ground.history.undoable).toBe(undoable);
  });

  it("comes back to the very place", () => {
    const ground = threeNodes();
    const { sampler } = ground.keys;
    ground.store.transact("place", (transaction) => {
      editNodes(transaction, [sampler], { position: { x: 650.1, y: 100.7 } });
    });
    const before = ground.document.text();
    const from = titleOf(ground, sampler);
    const gesture = pressAndMove(ground, [from]);
    for (let step = 0; step < 20; step += 1) {
      gesture.move(pointer(ground, { x: from.x + 7 * step, y: from.y + 3 * step }, { ctrl: true }));
    }
    expect(ground.document.text()).not.toBe(before);
    gesture.end(pointer(ground, from, { ctrl: true }));
    expect(ground.document.text()).toBe(before);
  });

  it("goes on where what is dragged is removed meanwhile, or its way undone", () => {
    const ground = threeNodes();
    const { loader, prompt } = ground.keys;
    const from = titleOf(ground, loader);
    const gesture = pressAndMove(ground, [from, { x: from.x, y: from.y + 300 }]);
    ground.history.undo();
    gesture.move(pointer(ground, { x: from.x, y: from.y + 400 }));
    expect(position(ground, loader)).toEqual({ x: 50, y: 500 });
    ground.store.transact("remove", (transaction) => {
      removeNodes(transaction, [loader]);
    });
    gesture.end(pointer(ground, { x: from.x, y: from.y + 500 }));
    expect(ground.surface.transient.getState()).toMatchObject({ guides: [], target: null });
    expect(position(ground, prompt)).toEqual({ x: 350, y: 100 });
  });

  it("keeps to the grid with Shift, or where that is set", () => {
    const ground = threeNodes();
    const from = titleOf(ground, ground.keys.loader);
    drag(ground, [from, { x: from.x + 33, y: from.y + 408 }], { shift: true });
    expect(position(ground, ground.keys.loader)).toEqual({ x: 80, y: 510 });
    ground.settings.setState({ snap: true });
    drag(ground, [titleOf(ground, ground.keys.loader), { x: 400, y: 651 }]);
    expect(position(ground, ground.keys.loader)).toEqual({ x: 300, y: 670 });
  });

  it("comes to rest in line with a neighbour that is near, and shows it", () => {
    const ground = threeNodes();
    const from = titleOf(ground, ground.keys.loader);
    const gesture = pressAndMove(ground, [from, { x: from.x + 296, y: from.y + 400 }]);
    expect(position(ground, ground.keys.loader)).toEqual({ x: 350, y: 500 });
    expect(ground.surface.transient.getState().guides).toMatchObject([{ from: { x: 350 }, to: { x: 350 } }]);
    gesture.end(pointer(ground, { x: from.x + 296, y: from.y + 400 }));
    expect(ground.surface.transient.getState().guides).toEqual([]);
  });

  it("leaves pinned nodes where they are", () => {
    const ground = threeNodes();
    const { loader, prompt } = ground.keys;
    ground.store.transact("pin", (transaction) => {
      editNodes(transaction, [loader], { pinned: true });
    });
    ground.editor.select([loader, prompt]);
    const from = titleOf(ground, loader);
    drag(ground, [from, { x: from.x, y: from.y + 300 }]);
    expect(position(ground, loader)).toEqual({ x: 50, y: 100 });
    expect(position(ground, prompt)).toEqual({ x: 350, y: 400 });
  });

  it("takes a copy along with Alt, and the original stays", () => {
    const ground = threeNodes();
    const from = titleOf(ground, ground.keys.loader);
    drag(ground, [from, { x: from.x, y: from.y + 300 }], { alt: true });
    const nodes = ground.store.members(ROOT, "node");
    expect(nodes.map(({ classId, position }) => [classId, position.y])).toEqual([
      ["CheckpointLoaderSimple", 100],
      ["CLIPTextEncode", 100],
      ["KSampler", 100],
      ["CheckpointLoaderSimple", 400],
    ]);
    expect(selection(ground)).toEqual([nodes[3]?.key]);
    ground.history.undo();
    expect(ground.store.members(ROOT, "node")).toHaveLength(3);
  });

  it("takes along what lies in a group", () => {
    const ground = threeNodes();
    const bounds = { x: 30, y: 30, width: 280, height: 300 };
    const { key } = ground.store.transact("frame", (transaction) =>
      addGroup(transaction, ROOT, { title: "G", bounds }),
    );
    drag(ground, [
      { x: 60, y: 40 },
      { x: 60, y: 540 },
    ]);
    expect(ground.store.need(key, "group").bounds).toEqual({ ...bounds, y: 530 });
    expect(position(ground, ground.keys.loader)).toEqual({ x: 50, y: 600 });
    expect(position(ground, ground.keys.prompt)).toEqual({ x: 350, y: 100 });
  });

  it("moves a reroute", () => {
    const ground = threeNodes();
    const { key } = ground.store.transact("link", (transaction) => {
      const link = connect(transaction, ROOT, { node: 1, slot: 1 }, { node: 2, slot: 0 });
      return addReroute(transaction, link.key, { x: 300, y: 400 });
    });
    drag(ground, [
      { x: 301, y: 401 },
      { x: 331, y: 461 },
    ]);
    expect(ground.store.need(key, "reroute").position).toEqual({ x: 330, y: 460 });
  });

  it("puts a free node into the link that it is let go on", () => {
    const ground = openGround();
    const { editor } = ground.surface;
    const { store } = editor.document;
    const add = (classId: string, x: number, y: number): Key =>
      store.transact("add", (transaction) => {
        const measure = () => ({ width: 150, height: 60 });
        return addNodeOf(transaction, editor.catalog.getState(), ROOT, classId, { x, y }, measure).key;
      });
    add("EmptyLatentImage", 0, 100);
    const sampler = add("KSampler", 700, 100);
    const reroute = add("Reroute", 300, 600);
    const slot = store.need(sampler, "node").inputs.findIndex(({ name }) => name === "latent_image");
    const link = store.transact("link", (transaction) =>
      connect(transaction, ROOT, { node: 1, slot: 0 }, { node: 2, slot }),
    );
    const middle = { x: 0, y: 0 };
    const bounds = ground.surface.scene.boundsOf(link.key);
    if (bounds) Object.assign(middle, { x: bounds.x + bounds.width / 2, y: bounds.y + bounds.height / 2 });
    const box = ground.surface.scene.boundsOf(reroute);
    if (!box) throw new Error("the reroute is not drawn");
    const gesture = pressAndMove(ground, [{ x: box.x + box.width / 2, y: box.y + box.height / 2 }, middle]);
    expect(ground.surface.transient.getState().target).toEqual({ kind: "thing", key: link.key });
    gesture.end(pointer(ground, middle));
    const ends = store.members(ROOT, "link").map(({ origin, target }) => [origin.node, target.node]);
    expect(ends).toEqual([
      [1, 3],
      [3, 2],
    ]);
    ground.document.history.undo();
    expect(store.members(ROOT, "link")).toHaveLength(1);
    expect(position(ground, reroute)).toEqual({ x: 300, y: 600 });
  });
});

describe("resizing", () => {
  it("does not go below what the node shows, and is one edit", () => {
    const ground = threeNodes();
    const { sampler } = ground.keys;
    const bounds = ground.surface.scene.boundsOf(sampler);
    if (!bounds) throw new Error("the sampler is not drawn");
    const corner = { x: bounds.x + bounds.width - 3, y: bounds.y + bounds.height - 3 };
    drag(ground, [corner, { x: corner.x + 57, y: corner.y + 100 }, { x: corner.x + 57, y: 0 }]);
    const least = ground.surface.scene.leastSize(sampler);
    expect(ground.store.need(sampler, "node").size).toEqual({ width: bounds.width + 57, height: least?.height });
    ground.history.undo();
    expect(ground.store.need(sampler, "node").size).toEqual({ width: 200, height: 120 });
  });
});

describe("dragging a link", () => {
  it("joins an output and an input", () => {
    const ground = threeNodes();
    const { loader, sampler } = ground.keys;
    drag(ground, [socketAt(ground, loader, "outputs", "MODEL"), socketAt(ground, sampler, "inputs", "model")]);
    expect(ground.store.members(ROOT, "link")).toMatchObject([{ type: "MODEL", origin: { node: 1, slot: 0 } }]);
    expect(ground.surface.transient.getState().links).toEqual([]);
    ground.history.undo();
    expect(ground.store.members(ROOT, "link")).toEqual([]);
  });

  it("lights up what takes it, and says why the rest does not", () => {
    const ground = threeNodes();
    const { loader, prompt, sampler } = ground.keys;
    const gesture = pressAndMove(ground, [socketAt(ground, loader, "outputs", "CLIP"), EMPTY]);
    const { accepts, links } = ground.surface.transient.getState();
    expect(links).toMatchObject([{ type: "CLIP", side: "outputs", free: EMPTY }]);
    const lit = [...ground.surface.scene.sockets("inputs")].filter((place) => accepts?.(place));
    expect(lit.map(({ name }) => name)).toEqual(["clip"]);
    gesture.move(pointer(ground, socketAt(ground, sampler, "inputs", "model")));
    expect(ground.surface.transient.getState().refusal?.reason).toMatch(/MODEL.*CLIP/);
    gesture.move(pointer(ground, socketAt(ground, prompt, "outputs", "CONDITIONING")));
    expect(ground.surface.transient.getState().refusal?.reason).toMatch(/output too/);
    gesture.end(pointer(ground, socketAt(ground, sampler, "inputs", "model")));
    expect(ground.store.members(ROOT, "link")).toEqual([]);
    expect(ground.surface.transient.getState()).toMatchObject({ accepts: null, refusal: null, links: [] });
  });

  it("let go on a node takes the socket that fits", () => {
    const ground = threeNodes();
    const { loader, prompt } = ground.keys;
    drag(ground, [socketAt(ground, loader, "outputs", "CLIP"), titleOf(ground, prompt)]);
    const clip = ground.store.need(prompt, "node").inputs.findIndex(({ name }) => name === "clip");
    expect(ground.store.members(ROOT, "link")).toMatchObject([{ target: { node: 2, slot: clip } }]);
  });

  it("let go on a widget makes an input of it", () => {
    const ground = openGround();
    const { editor } = ground.surface;
    const { store } = editor.document;
    const add = (classId: string, x: number): Key =>
      store.transact("add", (transaction) => {
        const measure = () => ({ width: 220, height: 60 });
        return addNodeOf(transaction, editor.catalog.getState(), ROOT, classId, { x, y: 100 }, measure).key;
      });
    const primitive = add("PrimitiveNode", 0);
    const sampler = add("KSampler", 500);
    const { scene } = ground;
    const index = scene.node(sampler)?.look.face.widgets.findIndex(({ name }) => name === "steps") ?? -1;
    const row = scene.node(sampler)?.look.layout.widgets[index];
    if (!row) throw new Error("there is no widget for the steps");
    const output = [...scene.sockets("outputs")].find(({ end }) => end.node === 1);
    drag(ground, [output?.at ?? EMPTY, { x: 500 + row.x + 150, y: 100 + row.y + 10 }]);
    const inputs = store.need(sampler, "node").inputs;
    const slot = inputs.findIndex(({ widget }) => widget === "steps");
    expect(slot).toBeGreaterThanOrEqual(0);
    expect(store.linksAt(ROOT, 2)).toMatchObject([{ origin: { node: 1 }, target: { slot } }]);
    expect(store.need(primitive, "node").outputs[0]?.type).toBe("INT");
  });

  it("let go on nothing asks for a node, and stays in sight meanwhile", () => {
    const ground = threeNodes();
    drag(ground, [socketAt(ground, ground.keys.loader, "outputs", "VAE"), EMPTY]);
    expect(ground.ui.getState().dialog).toEqual({
      kind: "add-node",
      at: EMPTY,
      from: { end: { node: 1, slot: 2 }, side: "outputs", type: "VAE" },
    });
    expect(ground.surface.transient.getState().links).toHaveLength(1);
    ground.ui.setState({ dialog: null });
    expect(ground.surface.transient.getState().links).toEqual([]);
  });

  function linked() {
    const ground = threeNodes();
    const { loader, prompt, sampler } = ground.keys;
    drag(ground, [socketAt(ground, loader, "outputs", "CLIP"), socketAt(ground, prompt, "inputs", "clip")]);
    drag(ground, [
      socketAt(ground, prompt, "outputs", "CONDITIONING"),
      socketAt(ground, sampler, "inputs", "positive"),
    ]);
    return ground;
  }

  it("from a linked input picks the link up: let go elsewhere it has moved, on nothing it is gone", () => {
    const ground = linked();
    const { sampler } = ground.keys;
    const [positive, negative] = ["positive", "negative"].map((name) => socketAt(ground, sampler, "inputs", name));
    if (!positive || !negative) throw new Error("the sampler lacks sockets");
    const gesture = pressAndMove(ground, [positive, EMPTY]);
    expect(ground.surface.transient.getState().lifted.size).toBe(1);
    gesture.cancel();
    expect(ground.store.linksAt(ROOT, 3)).toHaveLength(1);
    drag(ground, [positive, negative]);
    const slot = ground.store.need(sampler, "node").inputs.findIndex(({ name }) => name === "negative");
    expect(ground.store.linksAt(ROOT, 3)).toMatchObject([{ target: { slot } }]);
    drag(ground, [negative, EMPTY]);
    expect(ground.store.linksAt(ROOT, 3)).toEqual([]);
    expect(ground.ui.getState().dialog).toBeNull();
  });

  it("keeps the bends of a link that is moved", () => {
    const ground = linked();
    const [link] = ground.store.linksAt(ROOT, 3);
    if (!link) throw new Error("nothing is linked");
    const bend = ground.store.transact("bend", (transaction) => addReroute(transaction, link.key, { x: 600, y: 500 }));
    const { sampler } = ground.keys;
    drag(ground, [socketAt(ground, sampler, "inputs", "positive"), socketAt(ground, sampler, "inputs", "negative")]);
    expect(ground.store.linksAt(ROOT, 3)).toMatchObject([{ parent: bend.id }]);
    expect(ground.store.get(bend.key)).toBeDefined();
  });

  it("with Shift moves all links of an output", () => {
    const ground = linked();
    const { prompt, sampler } = ground.keys;
    drag(ground, [
      socketAt(ground, prompt, "outputs", "CONDITIONING"),
      socketAt(ground, sampler, "inputs", "negative"),
    ]);
    drag(ground, [titleOf(ground, prompt), { x: 400, y: 600 }], { alt: true });
    const copy = nodeKey(ROOT, 4);
    const from = socketAt(ground, prompt, "outputs", "CONDITIONING");
    drag(ground, [from, socketAt(ground, copy, "outputs", "CONDITIONING")], { shift: true });
    expect(ground.store.linksAt(ROOT, 3).map(({ origin }) => origin.node)).toEqual([4, 4]);
  });

  it("with Shift moves links with their bends", () => {
    const ground = linked();
    const { prompt } = ground.keys;
    const [link] = ground.store.linksAt(ROOT, 3);
    if (!link) throw new Error("nothing is linked");
    const bend = ground.store.transact("bend", (transaction) => addReroute(transaction, link.key, { x: 600, y: 500 }));
    drag(ground, [titleOf(ground, prompt), { x: 400, y: 600 }], { alt: true });
    const from = socketAt(ground, prompt, "outputs", "CONDITIONING");
    drag(ground, [from, socketAt(ground, nodeKey(ROOT, 4), "outputs", "CONDITIONING")], { shift: true });
    expect(ground.store.linksAt(ROOT, 3)).toMatchObject([{ id: link.id, origin: { node: 4 }, parent: bend.id }]);
    expect(ground.store.get(bend.key)).toBeDefined();
    expect(inconsistencies(ground.document.text())).toEqual([]);
  });
});
