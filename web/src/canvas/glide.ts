/** Moves a view to where it is wanted, in a moment rather than at once, where motion is welcome. */

import type { Editor, Viewport } from "../editor/editor";

const MS = 180;

export class Glide {
  private frame = 0;

  constructor(private readonly editor: Editor) {}

  to(end: Viewport): void {
    this.stop();
    if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.editor.look(end);
      return;
    }
    const start = this.editor.view.getState().viewport;
    const begun = performance.now();
    let last = start;
    const step = (now: number): void => {
      // Somebody else moved the view meanwhile: theirs it is.
      if (this.editor.view.getState().viewport !== last) return;
      const share = Math.min(1, Math.max(0, (now - begun) / MS));
      last = share === 1 ? end : between(start, end, 1 - (1 - share) ** 3);
      this.editor.look(last);
      if (share < 1) this.frame = requestAnimationFrame(step);
    };
    this.frame = requestAnimationFrame(step);
  }

  stop(): void {
    cancelAnimationFrame(this.frame);
  }
}

/** The scale changes by the same factor in the same time, so no part of the way seems faster. */
function between(start: Viewport, end: Viewport, share: number): Viewport {
  const scale = start.scale * (end.scale / start.scale) ** share;
  const part = start.scale === end.scale ? share : (scale - start.scale) / (end.scale - start.scale);
  return { x: start.x + (end.x - start.x) * part, y: start.y + (end.y - start.y) * part, scale };
}
