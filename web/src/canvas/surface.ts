/**
 * The canvas of the tab that is shown, as gestures and commands meet it. The canvas follows the document, the editor's
 * view and selection, and what is transient by itself: whoever wants something drawn changes those.
 */

import { createContext, useContext } from "react";
import { createStore, type StoreApi } from "zustand/vanilla";

import type { Bounds, Key, Point } from "../document/records";
import type { Editor, Viewport } from "../editor/editor";
import type { SceneReader } from "./hit";
import type { TransientStore } from "./transient";

export interface Surface {
  /**
   * Fills the canvas and hears its pointers and keys. What lies in a descendant with `data-own` is a control of its own
   * (a widget, a text): its pointer and key events are not the canvas's.
   */
  readonly element: HTMLElement;
  readonly editor: Editor;
  readonly scene: SceneReader;
  readonly transient: TransientStore;
  /** A point of the window in the plane, and back. */
  toPlane(clientX: number, clientY: number): Point;
  toWindow(point: Point): Point;
  /** What part of the plane can be seen. */
  view(): Bounds;
  /** Show these, or everything, as large as fits and no larger than in full size. */
  fit(keys?: Iterable<Key>): void;
  /** Show at another scale what is there; `around`, in the plane, stays where it is: the middle, where nothing is said. */
  zoom(scale: number, around?: Point): void;
  /** Move the view by pixels. */
  pan(x: number, y: number): void;
  /** Move there, at once or, where motion is welcome, in a glide. */
  look(viewport: Viewport): void;
  /** Give the keyboard to the node. It is moved into view if need be. */
  focus(node: Key): void;
}

export const MIN_SCALE = 0.05;
export const MAX_SCALE = 4;

/** The surface that is shown; null while none is. */
export type SurfaceStore = StoreApi<Surface | null>;

export const createSurfaceStore = (): SurfaceStore => createStore<Surface | null>(() => null);

export const SurfaceContext = createContext<Surface | null>(null);

/** The surface that this component lies upon. */
export function useSurface(): Surface {
  const surface = useContext(SurfaceContext);
  if (!surface) throw new Error("No SurfaceContext above this component.");
  return surface;
}
