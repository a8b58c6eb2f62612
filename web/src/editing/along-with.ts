/** Values of a node that change with another of its values, where the class leaves that to the editor. */

import { CHOICE, isCustomCombo, PLACE, placeOfOption } from "../classes/custom-combo";
import type { NodeFace } from "../classes/types";
import { toText, type Json } from "../document/json";

/** What changes, by name, when the widget `name` of a node that looks like `face` gets a value. */
export function alongWith({ nodeClass, widgets }: NodeFace, name: string, value: Json): [name: string, value: Json][] {
  if (nodeClass === null || !isCustomCombo(nodeClass)) return [];
  const options = widgets.filter((widget) => placeOfOption(widget.name) !== null).map((widget) => toText(widget.value));
  if (name === CHOICE) return [[PLACE, Math.max(0, options.indexOf(toText(value)))]];
  const place = placeOfOption(name);
  if (place === null) return [];
  const choice = toText(widgets.find((widget) => widget.name === CHOICE)?.value ?? null);
  const chosen = choice === "" ? -1 : options.indexOf(choice);
  // The choice keeps to its option while that is written; the first that is written is chosen.
  const follows = chosen === place || (choice === "" && value !== "");
  return follows
    ? [
        [CHOICE, value],
        [PLACE, place],
      ]
    : [];
}
