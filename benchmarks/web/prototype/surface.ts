/**
 * Canvases that show a scene through a viewport. Each kind answers one question in its own way: what is done in a
 * frame in which the viewport moved? Knows no gestures.
 */

import type { Viewport } from "../contract.ts";
import { paint } from "./paint.ts";
import { viewOf, type Scene } from "./scene.ts";

export interface Surface {
  show(viewport: Viewport): void;
  /** The scene changed: what was painted before says nothing any more. */
  refresh(): void;
}

export type SurfaceKind = "redrawn" | "oversized";

/** `canvas` fills its parent, whose size is `width` × `height` pixels. */
export function createSurface(kind: SurfaceKind, canvas: HTMLCanvasElement, scene: Scene): Surface {
  switch (kind) {
    case "redrawn":
      return new RedrawnSurface(canvas, scene);
    case "oversized":
      return new OversizedSurface(canvas, scene);
  }
}

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext("2d");
  if (!context) throw new Error("This browser has no 2d canvas.");
  return context;
}

/** Clears the canvas and paints it as `viewport` shows the scene. */
function paintAll(context: CanvasRenderingContext2D, scene: Scene, viewport: Viewport): void {
  const { width, height } = context.canvas;
  const { x, y, scale } = viewport;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, width, height);
  context.setTransform(scale, 0, 0, scale, x, y);
  paint(context, scene, viewOf(viewport, width, height), scale);
}

/** In every frame: everything in view is painted anew. */
class RedrawnSurface implements Surface {
  readonly #context: CanvasRenderingContext2D;
  #shown: Viewport | null = null;

  constructor(
    canvas: HTMLCanvasElement,
    readonly scene: Scene,
  ) {
    this.#context = contextOf(canvas);
    canvas.width = canvas.clientWidth;
    canvas.height = canvas.clientHeight;
  }

  show(viewport: Viewport): void {
    this.#shown = viewport;
    paintAll(this.#context, this.scene, viewport);
  }

  refresh(): void {
    if (this.#shown) this.show(this.#shown);
  }
}

/** How far the oversized canvas reaches beyond the view, in pixels on every side. */
const MARGIN = 400;

/**
 * In a frame that pans: the canvas, larger than the view, is moved by a CSS transform, which the compositor does without
 * painting. It is painted anew when the view leaves it and whenever the scale changes.
 */
class OversizedSurface implements Surface {
  readonly #context: CanvasRenderingContext2D;
  #painted: Viewport | null = null;

  constructor(
    readonly canvas: HTMLCanvasElement,
    readonly scene: Scene,
  ) {
    this.#context = contextOf(canvas);
    canvas.width = canvas.clientWidth + 2 * MARGIN;
    canvas.height = canvas.clientHeight + 2 * MARGIN;
    Object.assign(canvas.style, {
      inset: `${-MARGIN}px`,
      width: `${canvas.width}px`,
      height: `${canvas.height}px`,
      willChange: "transform",
    });
  }

  show(viewport: Viewport): void {
    const painted = this.#painted;
    const [dx, dy] = painted ? [viewport.x - painted.x, viewport.y - painted.y] : [Infinity, Infinity];
    if (painted?.scale === viewport.scale && Math.abs(dx) <= MARGIN && Math.abs(dy) <= MARGIN) {
      this.canvas.style.transform = `translate(${dx}px, ${dy}px)`;
    } else {
      this.#painted = viewport;
      this.canvas.style.transform = "none";
      this.refresh();
    }
  }

  refresh(): void {
    if (!this.#painted) return;
    const { x, y, scale } = this.#painted;
    paintAll(this.#context, this.scene, { x: x + MARGIN, y: y + MARGIN, scale });
  }
}
