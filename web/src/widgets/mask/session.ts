/**
 * One mask being painted: the mask, its history, the brush at hand, and who is told of changed pixels. Knows neither
 * pointer nor canvas nor server.
 */

import { createStore } from "zustand/vanilla";

import type { Area } from "./area";
import { MaskHistory } from "./history";
import type { Mask } from "./mask";
import { Stroke, type Brush, type StrokePoint } from "./stroke";

export interface MaskState {
  readonly brush: Brush;
  readonly undoable: boolean;
  readonly redoable: boolean;
  /** It is not what it was when it was opened. */
  readonly changed: boolean;
}

export const SMALLEST = 1;
export const LARGEST = 400;

/** A brush that suits a picture of that size. */
const brushFor = ({ width, height }: Mask): Brush => ({
  erases: false,
  radius: Math.max(4, Math.round(Math.min(width, height) / 16)),
  hardness: 0.8,
  opacity: 1,
});

export class MaskSession {
  readonly state;
  private readonly history: MaskHistory;
  private readonly listeners = new Set<(area: Area) => void>();
  private stroke: Stroke | null = null;
  /** How many steps it is away from what was opened. */
  private steps = 0;

  constructor(readonly mask: Mask) {
    this.history = new MaskHistory(mask);
    this.state = createStore<MaskState>(() => ({
      brush: brushFor(mask),
      undoable: false,
      redoable: false,
      changed: false,
    }));
  }

  /** Have `listener` told which pixels changed; returns how to end that. */
  subscribe(listener: (area: Area) => void): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  take(change: Partial<Brush>): void {
    this.state.setState(({ brush }) => ({ brush: { ...brush, ...change } }));
  }

  /** A step up or down in the size of the brush: finer where it is small. */
  resize(up: boolean): void {
    const { radius } = this.state.getState().brush;
    const next = up ? Math.max(radius + 1, radius * 1.15) : Math.min(radius - 1, radius / 1.15);
    this.take({ radius: Math.round(Math.min(LARGEST, Math.max(SMALLEST, next))) });
  }

  // ---- strokes ----

  begin(point: StrokePoint): void {
    this.stroke = new Stroke(this.mask, this.state.getState().brush);
    this.paint(point);
  }

  paint(point: StrokePoint): void {
    const area = this.stroke?.to(point);
    if (area) this.tell(area);
  }

  end(): void {
    const { stroke } = this;
    this.stroke = null;
    if (stroke?.area) this.keep(stroke.area, stroke.was(stroke.area));
  }

  /** It was no stroke after all. */
  abandon(): void {
    const { stroke } = this;
    this.stroke = null;
    if (!stroke?.area) return;
    this.mask.write(stroke.area, stroke.was(stroke.area));
    this.tell(stroke.area);
  }

  // ---- all of it ----

  fill(): void {
    this.change(() => this.mask.fill(255));
  }

  clear(): void {
    this.change(() => this.mask.fill(0));
  }

  invert(): void {
    this.change(() => this.mask.invert());
  }

  feather(radius: number): void {
    this.change(() => this.mask.feather(radius));
  }

  // ---- history ----

  undo(): void {
    this.step(this.history.undo(), -1);
  }

  redo(): void {
    this.step(this.history.redo(), 1);
  }

  private change(edit: () => Area): void {
    this.end();
    const before = this.mask.values.slice();
    const area = edit();
    this.keep(area, before);
    this.tell(area);
  }

  private keep(area: Area, before: Uint8ClampedArray): void {
    this.history.record(area, before);
    this.steps += 1;
    this.look();
  }

  private step(area: Area | null, by: number): void {
    if (!area) return;
    this.steps += by;
    this.tell(area);
    this.look();
  }

  private look(): void {
    const { undoable, redoable } = this.history;
    this.state.setState({ undoable, redoable, changed: this.steps !== 0 });
  }

  private tell(area: Area): void {
    for (const listener of this.listeners) listener(area);
  }
}
