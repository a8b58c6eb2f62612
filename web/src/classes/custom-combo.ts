/**
 * The class whose choices the workflow itself lists: behind its own values stand the options, `option1`, `option2` and so
 * on, of which one more than are written can be written.
 */

import { isObject, toText, type Json, type JsonObject } from "../document/json";
import type { NodeRecord } from "../document/records";
import type { InputSpec, NodeClass, TextSpec } from "./types";
import type { Widget } from "./widget-values";

export const CHOICE = "choice";
/** The place of what is chosen among the options, which nobody sets by hand. */
export const PLACE = "index";

export const isCustomCombo = ({ id }: NodeClass): boolean => id === "CustomCombo";

/** The place of the option that a widget writes; null: it writes none. */
export function placeOfOption(name: string): number | null {
  const [, number] = /^option(\d+)$/.exec(name) ?? [];
  return number === undefined ? null : Number(number) - 1;
}

const SPEC: TextSpec = {
  kind: "text",
  default: "",
  multiline: false,
  placeholder: "",
  prompt: false,
  advanced: false,
};

/** The class's own widgets, with the options that a node has, and behind them its options. */
export function withOptions(node: NodeRecord, own: readonly Widget[]): Widget[] {
  const options = optionsOf(node, own.length);
  const choices = options.filter((option) => option !== "");
  return [
    ...own.map((widget) => {
      const { input, spec } = widget;
      if (input.name !== CHOICE || spec.kind !== "combo") return widget;
      return { input, spec: { ...spec, options: choices, default: choices[0] ?? "", files: false } };
    }),
    ...[...options, ""].map((_, place) => ({ input: optionInput(`option${place + 1}`), spec: SPEC })),
  ];
}

/** What is written, without the blanks at the end. */
function optionsOf({ widgets: listed, namedWidgets }: NodeRecord, before: number): string[] {
  const named = listed !== null && isObject(listed) ? listed : listed === null ? namedWidgets : null;
  const options = named === null ? ((listed ?? []) as readonly Json[]).slice(before).map(toText) : optionsIn(named);
  return options.slice(0, options.findLastIndex((option) => option !== "") + 1);
}

function optionsIn(named: JsonObject): string[] {
  const options: string[] = [];
  for (const [name, value] of named) {
    const place = placeOfOption(name);
    if (place !== null && place >= 0 && place < named.size) options[place] = toText(value);
  }
  return Array.from(options, (option: string | undefined) => option ?? "");
}

function optionInput(name: string): InputSpec {
  return { name, label: name, type: "STRING", required: false, tooltip: null, widget: SPEC, socketless: true };
}
