/** For tests: a canvas without a page. Its view begins at the origin in full size, so plane and window are the same. */

import { BASIC } from "../../classes/testing/catalogs";
import { createCatalog } from "../../classes/catalog";
import { faceOf } from "../../classes/face";
import { CanvasDocument } from "../../document/document";
import type { Bounds, Point } from "../../document/records";
import { Editor } from "../../editor/editor";
import { createSettings } from "../../editor/settings";
import { createUi } from "../../editor/ui";
import type { Gesture, Ground, Held, Pointer } from "../gestures/gesture";
import { begin } from "../gestures/begin";
import { createMenu } from "../menus/menu-store";
import { Scene } from "../scene";
import type { Surface } from "../surface";
import { createTransient } from "../transient";

export const SIZE = { width: 1000, height: 800 };

export interface TestGround extends Ground {
  readonly document: CanvasDocument;
  readonly scene: Scene;
}

export function openGround(text?: string): TestGround {
  const document = text === undefined ? CanvasDocument.empty() : CanvasDocument.open(text);
  const catalog = createCatalog();
  catalog.setState(BASIC);
  const editor = new Editor(document, catalog);
  const scene = new Scene(document.store, (key) => faceOf(document.store, key, BASIC), editor.graph);
  scene.follow();
  const element = globalThis.document.createElement("div");
  element.getBoundingClientRect = () => new DOMRect(0, 0, SIZE.width, SIZE.height);
  const viewport = () => editor.view.getState().viewport;
  const surface: Surface = {
    element,
    editor,
    scene,
    transient: createTransient(),
    toPlane: (x, y) => ({ x: (x - viewport().x) / viewport().scale, y: (y - viewport().y) / viewport().scale }),
    toWindow: ({ x, y }) => ({ x: x * viewport().scale + viewport().x, y: y * viewport().scale + viewport().y }),
    view: (): Bounds => {
      const { x, y, scale } = viewport();
      return { x: -x / scale, y: -y / scale, width: SIZE.width / scale, height: SIZE.height / scale };
    },
    fit: () => undefined,
    zoom: (scale, around = { x: 0, y: 0 }) => {
      const { x, y, scale: before } = viewport();
      const by = before - scale;
      editor.look({ x: x + around.x * by, y: y + around.y * by, scale });
    },
    pan: (x, y) => {
      editor.look({ ...viewport(), x: viewport().x + x, y: viewport().y + y });
    },
    look: (next) => {
      editor.look(next);
    },
    focus: () => undefined,
  };
  return { surface, settings: createSettings(), ui: createUi(), menu: createMenu(), document, scene };
}

export const FREE: Held = { shift: false, ctrl: false, alt: false };

export function pointer({ surface }: Ground, client: Point, held: Partial<Held> = {}): Pointer {
  return { ...FREE, ...held, client, at: surface.toPlane(client.x, client.y) };
}

/** Press at a point of the window, move by way of all others, and say what gesture is going on. */
export function pressAndMove(ground: Ground, points: readonly Point[], held: Partial<Held> = {}): Gesture {
  const [from = { x: 0, y: 0 }, ...way] = points;
  const start = pointer(ground, from, held);
  const gesture = begin(
    ground,
    start,
    ground.surface.scene.hit(start.at, ground.surface.editor.view.getState().viewport.scale),
  );
  for (const point of way) gesture.move(pointer(ground, point, held));
  return gesture;
}

/** The whole of a drag, or of a click where there is one point. */
export function drag(ground: Ground, points: readonly Point[], held: Partial<Held> = {}): void {
  pressAndMove(ground, points, held).end(pointer(ground, points.at(-1) ?? { x: 0, y: 0 }, held));
}
