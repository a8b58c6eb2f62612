import { describe, expect, it } from "vitest";

import { overlap } from "../bounds";
import { addReroute, connect } from "../../document/edit-links";
import { addGroup } from "../../document/edit-groups";
import { editNodes } from "../../document/edit-nodes";
import { MODE, nodeKey, ROOT, type Key, type Point } from "../../document/records";
import { addNodeOf } from "../../editing/new-node";
import { measure } from "../measure";
import { openGround } from "../testing/board";
import { alignSelected, arrangeAll, distributeSelected } from "./arrange";
import { copySelected, cutSelected, pasteText } from "./clipboard";
import { COLOURS, colourSelected } from "./colours";
import { fitGroup, frameSelected } from "./frames";
import { bendLink } from "./links";
import { membersOf } from "./members";
import { toggleBypassed, toggleCollapsed, toggleMuted, togglePinned } from "./modes";
import { movable, nudgeSelected } from "./move";
import { removeSelected, removeSelectedKeepingLinks } from "./remove";
import { resizeSelected } from "./resize";
import { invertSelection, selectAll, selectMembers } from "./select";
import { giveSocket, makePrimitive, takeSocket } from "./widgets";

function board(...classes: readonly [classId: string, x: number, y: number][]) {
  const { surface, scene } = openGround();
  const { editor } = surface;
  const { store, history } = editor.document;
  const keys = classes.map(([classId, x, y]) =>
    store.transact("add", (transaction) => {
      return addNodeOf(transaction, editor.catalog.getState(), ROOT, classId, { x, y }, measure).key;
    }),
  );
  history.mark();
  const node = (index: number) => store.need(nodeKey(ROOT, index + 1), "node");
  const at = (index: number): Point => node(index).position;
  const link = (from: number, output: string, to: number, input: string) =>
    store.transact("link", (transaction) =>
      connect(
        transaction,
        ROOT,
        { node: from + 1, slot: node(from).outputs.findIndex(({ name }) => name === output) },
        { node: to + 1, slot: node(to).inputs.findIndex(({ name }) => name === input) },
      ),
    );
  return { surface, scene, editor, store, history, keys, node, at, link };
}

const LINE = [
  ["CheckpointLoaderSimple", 900, 40],
  ["CLIPTextEncode", 10, 300],
  ["KSampler", 400, 90],
] as const;

describe("laying out", () => {
  it("puts what feeds to the left of what is fed, notes and pinned nodes aside, as one edit", async () => {
    const { surface, scene, store, history, at, link, keys } = board(
      ...LINE.map(([classId, x, y]): [string, number, number] => [classId, x, y]),
      ["Note", 5, 5],
      ["VAEDecode", 77, 88],
    );
    link(0, "CLIP", 1, "clip");
    const bent = link(1, "CONDITIONING", 2, "positive");
    store.transact("bend", (transaction) => addReroute(transaction, bent.key, { x: 300, y: 200 }));
    store.transact("pin", (transaction) => {
      editNodes(transaction, [keys[4] ?? ""], { pinned: true });
    });
    const before = history.mark().depth;
    await arrangeAll(surface);
    expect(history.mark().depth).toBe(before + 1);
    expect(at(0).x).toBeLessThan(at(1).x);
    expect(at(1).x).toBeLessThan(at(2).x);
    const boxes = [0, 1, 2].map((index) => scene.boundsOf(keys[index] ?? ""));
    for (const one of boxes) {
      for (const other of boxes) if (one && other && one !== other) expect(overlap(one, other)).toBe(false);
    }
    expect(at(3)).toEqual({ x: 5, y: 5 });
    expect(at(4)).toEqual({ x: 77, y: 88 });
    const [bend] = store.members(ROOT, "reroute");
    expect(bend?.position).not.toEqual({ x: 300, y: 200 });
    history.undo();
    expect(at(0)).toEqual({ x: 900, y: 40 });
  });

  it("aligns and distributes what is selected and not pinned", () => {
    const { surface, editor, keys, at } = board(["VAEDecode", 0, 0], ["VAEDecode", 50, 200], ["VAEDecode", 80, 900]);
    editor.select(keys);
    alignSelected(surface, "left");
    expect([0, 1, 2].map((index) => at(index).x)).toEqual([0, 0, 0]);
    distributeSelected(surface, "vertically");
    expect(at(1).y).toBe(450);
  });
});

describe("groups", () => {
  it("are drawn around what is selected, hold it, and fit it again", () => {
    const { surface, scene, editor, store, keys } = board(["VAEDecode", 0, 0], ["VAEDecode", 600, 0]);
    editor.select(keys.slice(0, 1));
    const group = frameSelected(surface) ?? "";
    expect([...editor.selection.getState()]).toEqual([group]);
    expect(membersOf(surface, group)).toEqual(keys.slice(0, 1));
    const fitting = store.need(group, "group").bounds;
    const content = scene.boundsOf(keys[0] ?? "");
    expect(fitting.y).toBeLessThan(content?.y ?? -Infinity);
    store.transact("grow", (transaction) => {
      transaction.put({ ...store.need(group, "group"), bounds: { ...fitting, width: 500 } });
    });
    fitGroup(surface, group);
    expect(store.need(group, "group").bounds).toEqual(fitting);
    selectMembers(surface, group);
    expect([...editor.selection.getState()]).toEqual(keys.slice(0, 1));
  });

  it("carry what lies in them when they are aligned", () => {
    const { surface, editor, store, keys, at } = board(["VAEDecode", 150, 80], ["VAEDecode", 0, 900]);
    const group = store.transact("frame", (transaction) => {
      return addGroup(transaction, ROOT, { title: "G", bounds: { x: 100, y: 0, width: 500, height: 400 } }).key;
    });
    editor.select([group, keys[1] ?? ""]);
    alignSelected(surface, "left");
    expect(store.need(group, "group").bounds.x).toBe(0);
    expect([at(0), at(1)]).toEqual([
      { x: 50, y: 80 },
      { x: 0, y: 900 },
    ]);
  });

  it("carry what lies in them, but for what is pinned", () => {
    const { surface, store, keys } = board(["VAEDecode", 50, 80], ["VAEDecode", 50, 200]);
    const group = store.transact("frame", (transaction) => {
      editNodes(transaction, [keys[1] ?? ""], { pinned: true });
      return addGroup(transaction, ROOT, { title: "G", bounds: { x: 0, y: 0, width: 500, height: 400 } }).key;
    });
    expect(movable(surface, [group])).toEqual([group, keys[0]]);
  });
});

describe("what is selected", () => {
  it("is muted, bypassed, collapsed and pinned, and switched back where all of it is", () => {
    const { editor, keys, node } = board(["VAEDecode", 0, 0], ["VAEDecode", 300, 0]);
    const modes = () => [node(0).mode, node(1).mode];
    editor.select(keys.slice(0, 1));
    toggleMuted(editor);
    editor.select(keys);
    toggleMuted(editor);
    expect(modes()).toEqual([MODE.muted, MODE.muted]);
    toggleBypassed(editor);
    expect(modes()).toEqual([MODE.bypassed, MODE.bypassed]);
    toggleBypassed(editor);
    expect(modes()).toEqual([MODE.active, MODE.active]);
    toggleCollapsed(editor);
    togglePinned(editor);
    expect([node(1).collapsed, node(1).pinned]).toEqual([true, true]);
    const [red] = COLOURS;
    colourSelected(editor, red ?? null);
    expect([node(0).color, node(0).background]).toEqual(["#322", "#533"]);
    colourSelected(editor, null);
    expect([node(0).color, node(0).background]).toEqual([null, null]);
  });

  it("moves by steps that are undone as one", () => {
    const { surface, editor, keys, at, history } = board(["VAEDecode", 0, 0]);
    editor.select(keys);
    for (let step = 0; step < 3; step += 1) nudgeSelected(surface, { x: 10, y: 0 });
    expect(at(0)).toEqual({ x: 30, y: 0 });
    history.undo();
    expect(at(0)).toEqual({ x: 0, y: 0 });
  });

  it("can be all, or all else", () => {
    const { editor, keys } = board(["VAEDecode", 0, 0], ["VAEDecode", 300, 0]);
    selectAll(editor);
    expect([...editor.selection.getState()]).toEqual(keys);
    editor.select(keys.slice(0, 1));
    invertSelection(editor);
    expect([...editor.selection.getState()]).toEqual(keys.slice(1));
  });

  it("goes into text and comes out of it", () => {
    const { editor, keys, store } = board(["VAEDecode", 0, 0], ["VAEDecode", 300, 0]);
    expect(copySelected(editor)).toBeNull();
    editor.select(keys);
    const text = cutSelected(editor);
    expect(store.members(ROOT, "node")).toEqual([]);
    const pasted = pasteText(editor, text ?? "", { x: 100, y: 100 });
    expect(store.members(ROOT, "node").map(({ position }) => position.x)).toEqual([100, 400]);
    expect([...editor.selection.getState()]).toEqual(pasted);
  });

  it("is removed with its links, or so that its neighbours are joined", () => {
    const reroutes = () => {
      const made = board(["EmptyLatentImage", 0, 0], ["Reroute", 300, 0], ["VAEDecode", 600, 0]);
      const { store } = made;
      store.transact("link", (transaction) => {
        connect(transaction, ROOT, { node: 1, slot: 0 }, { node: 2, slot: 0 });
        connect(transaction, ROOT, { node: 2, slot: 0 }, { node: 3, slot: 0 });
      });
      made.editor.select(made.keys.slice(1, 2));
      return made;
    };
    const gone = reroutes();
    removeSelected(gone.editor);
    expect(gone.store.members(ROOT, "link")).toEqual([]);
    const joined = reroutes();
    removeSelectedKeepingLinks(joined.editor);
    expect(joined.store.members(ROOT, "link")).toMatchObject([{ origin: { node: 1 }, target: { node: 3 } }]);
  });

  it("is given the size that it needs", () => {
    const { editor, keys, node, store } = board(["KSampler", 0, 0]);
    const { size } = node(0);
    store.transact("grow", (transaction) => {
      editNodes(transaction, keys, { size: { width: 900, height: 900 } });
    });
    editor.select(keys);
    resizeSelected(editor);
    expect(node(0).size).toEqual(size);
  });
});

it("bends a link before the bends that come after", () => {
  const { surface, store, link } = board(["EmptyLatentImage", 0, 0], ["VAEDecode", 900, 0]);
  const { key } = link(0, "LATENT", 1, "samples");
  const order = (): Key[] => {
    const found: Key[] = [];
    const reroutes = store.members(ROOT, "reroute");
    for (let id = store.need(key, "link").parent; id !== null;) {
      const bend = reroutes.find((reroute) => reroute.id === id);
      if (!bend) break;
      found.unshift(bend.key);
      id = bend.parent;
    }
    return found;
  };
  const middle = bendLink(surface, key, { x: 600, y: 200 });
  const last = bendLink(surface, key, { x: 800, y: 100 });
  const first = bendLink(surface, key, { x: 400, y: 120 });
  expect(order()).toEqual([first, middle, last]);
});

it("turns a widget into a socket and back, and makes a primitive of it", () => {
  const { surface, keys, node, store } = board(["KSampler", 600, 0]);
  const [key = ""] = keys;
  const before = node(0);
  const index = 1; // steps, behind the seed
  giveSocket(surface, key, index);
  expect(node(0).inputs.at(-1)).toMatchObject({ name: "steps", widget: "steps" });
  takeSocket(surface, key, index);
  expect(node(0).inputs).toEqual(before.inputs);
  makePrimitive(surface, key, index);
  const [link] = store.members(ROOT, "link");
  expect(store.need(nodeKey(ROOT, 2), "node")).toMatchObject({ classId: "PrimitiveNode", widgets: [20, "fixed"] });
  expect(node(0).inputs[link?.target.slot ?? -1]?.name).toBe("steps");
});
