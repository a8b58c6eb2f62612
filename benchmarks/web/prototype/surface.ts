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

export type SurfaceKind = "redrawn" | "scrolled" | "oversized";

/** `canvas` fills its parent, whose size is `width` × `height` pixels. */
export function createSurface(kind: SurfaceKind, canvas: HTMLCanvasElement, scene: Scene): Surface {
  switch (kind) {
    case "redrawn":
      return new RedrawnSurface(canvas, scene);
    case "scrolled":
      return new ScrolledSurface(canvas, scene);
    case "oversized":
      return new OversizedSurface(canvas, scene);
  }
}

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext("2d");
  if (!context) throw new Error("This browser has no 2d canvas.");
  return context;
}

/** Clears and paints the pixels from (left, top) of `width` × `height`, as `viewport` shows them. */
function paintPixels(
  context: CanvasRenderingContext2D,
  scene: Scene,
  { x, y, scale }: Viewport,
  left: number,
  top: number,
  width: number,
  height: number,
): void {
  const seen = viewOf({ x: x - left, y: y - top, scale }, width, height);
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  context.clearRect(left, top, width, height);
  context.setTransform(scale, 0, 0, scale, x, y);
  paint(context, scene, seen, scale);
  context.restore();
}

/** In every frame: everything in view is painted anew. */
class RedrawnSurface implements Surface {
  readonly #context: CanvasRenderingContext2D;
  #shown: Viewport | null = null;

  constructor(
    readonly canvas: HTMLCanvasElement,
    readonly scene: Scene,
  ) {
    this.#context = contextOf(canvas);
    canvas.width = canvas.clientWidth;
    canvas.height = canvas.clientHeight;
  }

  show(viewport: Viewport): void {
    this.#shown = viewport;
    paintPixels(this.#context, this.scene, viewport, 0, 0, this.canvas.width, this.canvas.height);
  }

  refresh(): void {
    if (this.#shown) this.show(this.#shown);
  }
}

/**
 * In a frame that only pans: the picture is copied onto itself, moved by whole pixels, and the two strips that come into
 * view are painted. In a frame that zooms, everything is.
 */
class ScrolledSurface implements Surface {
  readonly #context: CanvasRenderingContext2D;
  #shown: Viewport | null = null;

  constructor(
    readonly canvas: HTMLCanvasElement,
    readonly scene: Scene,
  ) {
    this.#context = contextOf(canvas);
    canvas.width = canvas.clientWidth;
    canvas.height = canvas.clientHeight;
  }

  show(viewport: Viewport): void {
    const { width, height } = this.canvas;
    const last = this.#shown;
    const [dx, dy] = last ? [Math.round(viewport.x - last.x), Math.round(viewport.y - last.y)] : [width, height];
    if (last?.scale !== viewport.scale || Math.abs(dx) >= width || Math.abs(dy) >= height) {
      this.#shown = viewport;
      this.#paint(0, 0, width, height);
      return;
    }
    this.#shown = { x: last.x + dx, y: last.y + dy, scale: last.scale };
    this.#context.globalCompositeOperation = "copy";
    this.#context.drawImage(this.canvas, dx, dy);
    this.#context.globalCompositeOperation = "source-over";
    if (dx !== 0) this.#paint(dx > 0 ? 0 : width + dx, 0, Math.abs(dx), height);
    if (dy !== 0) this.#paint(0, dy > 0 ? 0 : height + dy, width, Math.abs(dy));
  }

  refresh(): void {
    this.#paint(0, 0, this.canvas.width, this.canvas.height);
  }

  #paint(left: number, top: number, width: number, height: number): void {
    if (this.#shown) paintPixels(this.#context, this.scene, this.#shown, left, top, width, height);
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
    const { width, height } = this.canvas;
    paintPixels(this.#context, this.scene, { x: x + MARGIN, y: y + MARGIN, scale }, 0, 0, width, height);
  }
}
