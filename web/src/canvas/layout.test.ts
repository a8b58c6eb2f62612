import { describe, expect, it } from "vitest";

import type { NodeFace } from "../classes/types";
import { CanvasDocument } from "../document/document";
import { editNodes, type NodeChange } from "../document/edit-nodes";
import { nodeKey, ROOT } from "../document/records";
import { CANVAS_04 } from "../document/testing/canvases";
import { layoutOf, NOTHING_SHOWN, PICTURE_HEIGHT, SAID_HEIGHT, TEXT_HEIGHT, WIDGET_HEIGHT } from "./layout";
import { plainFace } from "./testing/plain-faces";

function face(id: number, change: NodeChange = {}): NodeFace {
  const { store } = CanvasDocument.open(CANVAS_04);
  const key = nodeKey(ROOT, id);
  store.transact("change", (transaction) => {
    editNodes(transaction, [key], change);
  });
  return plainFace(store, key);
}

const PICTURED = { picture: true, text: false };

const sampler = (change: NodeChange = {}) => face(7, { collapsed: false, ...change });

describe("the layout of a node", () => {
  it("has the size of the file where its content fits in", () => {
    expect(layoutOf(sampler(), NOTHING_SHOWN).size).toEqual({ width: 315, height: 262 });
  });

  it("is drawn larger where its content needs more", () => {
    const layout = layoutOf(sampler({ size: { width: 10, height: 10 } }), NOTHING_SHOWN);
    expect(layout.size).toEqual(layout.least);
    const last = layout.widgets.at(-1);
    expect((last?.y ?? 0) + (last?.height ?? 0)).toBeLessThanOrEqual(layout.size.height);
  });

  it("stacks sockets and then widgets, none above another", () => {
    const { inputs, widgets } = layoutOf(sampler(), NOTHING_SHOWN);
    expect(inputs.slice(0, 2)).toEqual([
      { x: 0, y: 14 },
      { x: 0, y: 34 },
    ]);
    expect(widgets[0]?.y).toBeGreaterThan(44);
    for (const [index, { y }] of widgets.slice(1).entries()) expect(y).toBe((widgets[index]?.y ?? 0) + WIDGET_HEIGHT);
  });

  it("has the dot of a widget's input in the widget's row", () => {
    const { inputs, widgets } = layoutOf(sampler(), NOTHING_SHOWN);
    expect(inputs[2]).toEqual({ x: 0, y: (widgets[0]?.y ?? 0) + WIDGET_HEIGHT / 2 });
  });

  it("gives a note's text all there is", () => {
    expect(layoutOf(face(2), NOTHING_SHOWN).widgets).toEqual([{ x: 0, y: 0, width: 200, height: 100 }]);
    expect(layoutOf(face(2, { size: { width: 200, height: 20 } }), NOTHING_SHOWN).size.height).toBe(TEXT_HEIGHT);
  });

  it("has room for pictures only where there are some", () => {
    expect(layoutOf(sampler(), NOTHING_SHOWN).pictures).toBeNull();
    const { pictures, size, widgets } = layoutOf(sampler(), PICTURED);
    const last = widgets.at(-1);
    expect(pictures?.height).toBeGreaterThanOrEqual(PICTURE_HEIGHT);
    expect(pictures?.y).toBeGreaterThanOrEqual((last?.y ?? 0) + (last?.height ?? 0));
    expect((pictures?.y ?? 0) + (pictures?.height ?? 0)).toBeLessThanOrEqual(size.height);
  });

  it("has room for what the node says, above its pictures", () => {
    const small = sampler({ size: { width: 200, height: 20 } });
    const { said, pictures, size } = layoutOf(small, { picture: true, text: true });
    expect(said?.height).toBeGreaterThanOrEqual(SAID_HEIGHT);
    expect(pictures?.height).toBeGreaterThanOrEqual(PICTURE_HEIGHT);
    expect(pictures?.y).toBeGreaterThanOrEqual((said?.y ?? 0) + (said?.height ?? 0));
    expect((pictures?.y ?? 0) + (pictures?.height ?? 0)).toBeLessThanOrEqual(size.height);
    const alone = layoutOf(sampler({ size: { width: 200, height: 600 } }), { picture: false, text: true });
    expect(alone.said?.height).toBeGreaterThan(SAID_HEIGHT + 100); // all that is left over
  });

  it("leaves the title of a collapsed node, with all dots at its ends", () => {
    const { bounds, inputs, outputs, widgets } = layoutOf(face(7), PICTURED);
    expect(bounds).toEqual({ x: 0, y: -30, width: 89, height: 30 });
    expect(new Set(inputs.map(({ x, y }) => `${x} ${y}`))).toEqual(new Set(["0 -15"]));
    expect(outputs).toEqual([{ x: 89, y: -15 }]);
    expect(widgets).toEqual([]);
  });
});
