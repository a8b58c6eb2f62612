/**
 * What every widget is given. A widget shows a value and says what it should become; it knows no document.
 *
 * A widget's element has the class `nopan` and the attribute `data-widget`: the primary button and the keys belong to it
 * while the pointer or the focus is there, all else to the canvas. A text being edited has the class `nowheel` too.
 */

import type { Control, WidgetSpec } from "../classes/types";
import type { Json } from "../document/json";

export interface WidgetProps<Spec extends WidgetSpec = WidgetSpec> {
  readonly spec: Spec;
  readonly label: string;
  readonly tooltip: string | null;
  readonly value: Json;
  /** The value as it is at this moment: `value` is what was drawn last, a frame ago or more. What changes it, asks. */
  readonly now: () => Json;
  /** A link gives the value: it is shown, and cannot be changed. */
  readonly linked: boolean;
  /** `gesture` names what belongs together, such as one drag or one stay in a text: it is undone as one. */
  readonly onChange: (value: Json, gesture?: string) => void;
  /** What becomes of the value after a run; null or left out: it stays, and there is no choice. */
  readonly control?: Control | null;
  readonly onControl?: (control: Control) => void;
  /** Find out the value that it had in the last run that was asked for; null: there was none. */
  readonly lastUsed?: () => Promise<Json | null>;
  /** Ask the server again what there is to choose from. */
  readonly onRefresh?: () => void | Promise<void>;
  /** Paint a mask for the picture that is chosen. */
  readonly onMask?: () => void;
}

/** A name for what is to be undone as one. */
export function newGesture(): string {
  return `${performance.now()}-${Math.random()}`;
}
