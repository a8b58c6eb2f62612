/**
 * What a page offers so that it can be measured: it hangs this on `window` once it is ready for use. Whoever measures
 * knows no more of the page than this, and what any user sees of it.
 */

export interface MeasuredPage {
  /** Opens a workflow in canvas format; resolves when the page holds it. */
  load(workflow: unknown): Promise<void> | void;
  /** A point of the canvas is shown at `point * scale + (x, y)` pixels. */
  setViewport(viewport: Viewport): void;
  /** Adds one node where it can be seen, as a choice in the search palette would. */
  addNode(): void;
}

export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

declare global {
  interface Window {
    measuredPage?: MeasuredPage;
  }
}
