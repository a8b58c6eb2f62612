/** What every widget is given. A widget shows a value and says what it should become; it knows no document. */

import type { WidgetSpec } from "../classes/types";
import type { Json } from "../document/json";

export interface WidgetProps<Spec extends WidgetSpec = WidgetSpec> {
  readonly spec: Spec;
  readonly label: string;
  readonly tooltip: string | null;
  readonly value: Json;
  /** A link gives the value: it is shown, and cannot be changed. */
  readonly linked: boolean;
  /** `gesture` names what belongs together, such as one drag or one stay in a text: it is undone as one. */
  readonly onChange: (value: Json, gesture?: string) => void;
}
