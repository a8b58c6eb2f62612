/**
 * Which of the values that a file lists for a node belongs to which widget. The list is bare, in the order of the
 * widgets, with values in between that are no widget's: what becomes of a seed, a filter, the name of an upload button.
 * The server reads it in the same way, so what is shown is what runs. Knows one node at a time, and no links.
 */

import { isList, toText, type Json, type JsonObject } from "../document/json";
import type { NodeRecord } from "../document/records";
import { isCustomCombo, withOptions } from "./custom-combo";
import { AUTOGROW, SEEDS } from "./input-spec";
import { CONTROLS, type Control, type InputSpec, type NodeClass, type OtherSpec, type WidgetSpec } from "./types";

/** An input with a widget. */
export interface Widget {
  readonly input: InputSpec;
  readonly spec: WidgetSpec;
}

/** A widget with the value that a node has for it. */
export interface WidgetValue extends Widget {
  /** Where the list has it, or would have it if it were complete. */
  readonly index: number;
  /** Where the list says what becomes of it after a run; null: nowhere. */
  readonly controlIndex: number | null;
  readonly control: Control | null;
  readonly value: Json;
}

export interface WidgetValues {
  readonly widgets: readonly WidgetValue[];
  /**
   * The list holds a value for each of them, or the file keeps them by name alone. Otherwise a value can be changed only
   * by writing the whole list.
   */
  readonly complete: boolean;
}

/**
 * The values of a node of a known class. Where the file has none, they are what a new node has. `linked` says whether
 * something feeds an input.
 */
export function widgetValues(node: NodeRecord, nodeClass: NodeClass, linked: (slot: number) => boolean): WidgetValues {
  const widgets = widgetsOf(node, nodeClass, linked);
  const { widgets: listed, namedWidgets: named } = node;
  if (listed !== null && !isList(listed)) return byName(widgets, listed, true);
  if (named !== null && (listed === null || listed.length === 0)) return byName(widgets, named, listed === null);
  const { exhausted, ...values } = fromList(widgets, listed ?? [], false);
  return named === null || exhausted ? values : byName(widgets, named, false);
}

/** The same for a class that nobody knows, as well as the file alone allows: newer ones name the widgets. */
export function guessedValues(node: NodeRecord): WidgetValues {
  const { widgets: listed, namedWidgets: named, inputs } = node;
  const marked = inputs.flatMap(({ widget, name, type }) => (widget === null ? [] : [other(widget || name, type)]));
  if (listed !== null && !isList(listed)) return byName(namesOf(listed, marked), listed, true);
  if (named !== null) return byName(namesOf(named, marked), named, listed === null);
  const { exhausted, ...values } = fromList(marked, listed ?? [], true);
  if (exhausted) return values;
  const nameless = (listed ?? []).map((value, index) => ({ ...other(`${index + 1}`, "*"), ...none, index, value }));
  return { widgets: nameless, complete: true };
}

const none = { controlIndex: null, control: null };

function namesOf(values: JsonObject, marked: readonly Widget[]): Widget[] {
  const there = new Map(marked.map((widget) => [widget.input.name, widget]));
  const names = [...values.keys()].filter((name) => !isControlName(name));
  return names.map((name) => there.get(name) ?? other(name, "*"));
}

// ---- which inputs are widgets ----

/** The inputs that were widgets when the file was saved: by their type, or because the file says so. */
function widgetsOf(node: NodeRecord, nodeClass: NodeClass, linked: (slot: number) => boolean): Widget[] {
  const { inputs, namedWidgets } = node;
  const slots = new Map(inputs.map(({ name }, slot) => [name, slot]));
  const own = nodeClass.inputs.flatMap((input): Widget[] => {
    const slot = slots.get(input.name);
    const marked = slot !== undefined && inputs[slot]?.widget != null;
    const named = namedWidgets?.has(input.name) === true && !isOnlySocket(input);
    if (!marked && !named && (input.widget === null || (slot !== undefined && linked(slot)))) return [];
    return [input.widget === null ? { ...other(input.name, input.type), input } : { input, spec: input.widget }];
  });
  return isCustomCombo(nodeClass) ? withOptions(node, own) : own;
}

/** Whether no editor has a widget for it: it is forced to be linked, or no value can be written for it. */
function isOnlySocket({ type, widget }: InputSpec): boolean {
  return widget === null && (UNWRITABLE.has(type) || FORCED.has(type));
}

const UNWRITABLE = new Set(
  ["MODEL", "CLIP", "VAE", "CONDITIONING", "LATENT", "IMAGE", "MASK", "SIGMAS", "NOISE", "SAMPLER", "GUIDER"].concat(
    "LATENT_OPERATION",
    "HOOKS",
    "HOOK_KEYFRAMES",
    "*",
    AUTOGROW,
  ),
);
const FORCED = new Set(["INT", "FLOAT", "STRING", "BOOLEAN", "COMBO"]);

/** The inputs that come with what is chosen for an input, or an empty list. */
export function chosenMembers({ members }: InputSpec, value: Json): readonly InputSpec[] {
  return members?.kind === "chosen" ? (members.byOption.get(value) ?? []) : [];
}

export function editedInPlace(inputs: readonly InputSpec[]): Widget[] {
  return inputs.flatMap((input) => (input.widget === null ? [] : [{ input, spec: input.widget }]));
}

function other(name: string, type: string): Widget & { spec: OtherSpec } {
  const spec: OtherSpec = { kind: "other", type, default: null, advanced: false };
  return { input: { name, label: name, type, required: true, tooltip: null, widget: spec }, spec };
}

/** Whether a value that says what becomes of it after a run follows. */
export function isControlled({ input, spec }: Widget): boolean {
  if (spec.kind === "number") return spec.seed;
  if (spec.kind === "combo") return spec.controlled === true;
  return spec.kind === "other" && spec.type === "INT" && SEEDS.has(input.name);
}

// ---- dealing values to widgets ----

/** A value of a widget, and how many places of the list it takes. */
interface Taken {
  readonly value: Json | undefined;
  readonly controlOffset: number | null;
  readonly control: Control | null;
  readonly length: number;
}

/** The widgets in turn, those too that come with what is chosen; `others` is how many wait behind one. */
export function deal(widgets: readonly Widget[], take: (widget: Widget, others: number) => Taken): WidgetValue[] {
  const dealt: WidgetValue[] = [];
  const waiting = widgets.toReversed();
  let index = 0;
  for (let widget = waiting.pop(); widget !== undefined; widget = waiting.pop()) {
    const { value: given = null, controlOffset, control, length } = take(widget, waiting.length);
    const value = given ?? widget.spec.default;
    const controlIndex = controlOffset === null ? null : index + controlOffset;
    dealt.push({ ...widget, index, controlIndex, control: control ?? (isControlled(widget) ? "fixed" : null), value });
    waiting.push(...editedInPlace(chosenMembers(widget.input, value)).reverse());
    index += length;
  }
  return dealt;
}

/**
 * The widgets with one of them changed, and those that come with what is chosen now; those that stay keep their values.
 * `changed` gives undefined for what stays.
 */
export function relist(
  { widgets }: Pick<WidgetValues, "widgets">,
  changed: (widget: Widget) => { value: Json | undefined; control: Control | undefined },
): WidgetValue[] {
  const before = new Map(widgets.map((widget) => [widget.input.name, widget]));
  const brought = new Set(widgets.flatMap(({ input, value }) => chosenMembers(input, value)).map(({ name }) => name));
  const top = widgets.filter(({ input }) => !brought.has(input.name));
  return deal(top, (widget) => {
    const was = before.get(widget.input.name);
    const { value = was?.value, control = was?.control ?? null } = changed(widget);
    return { value, control, controlOffset: null, length: isControlled(widget) ? 2 : 1 };
  });
}

interface Listed extends WidgetValues {
  /** Every value of the list found its widget. */
  readonly exhausted: boolean;
}

function fromList(widgets: readonly Widget[], values: readonly Json[], guessed: boolean): Listed {
  const taken = takeAll(widgets, values, guessed, false);
  const filtered = taken.widgets.some(({ spec }) => spec.kind === "combo" && spec.controlled === true);
  if (taken.exhausted || !filtered) return taken;
  const withFilters = takeAll(widgets, values, guessed, true);
  return withFilters.exhausted ? withFilters : taken;
}

/** `filters`: behind the control of a combo there is the filter that older pages had. */
function takeAll(widgets: readonly Widget[], values: readonly Json[], guessed: boolean, filters: boolean): Listed {
  let at = 0;
  let short = false;
  const dealt = deal(widgets, (widget, others) => {
    const { spec } = widget;
    const start = at;
    const value = values[at];
    short ||= at >= values.length;
    at += 1;
    const surplus = values.length - at > others;
    const control = asControl(values[at]);
    let controlOffset: number | null = null;
    if (control !== null && (isControlled(widget) || (guessed && surplus))) {
      controlOffset = 1;
      at += 1;
      if (filters && spec.kind === "combo" && typeof values[at] === "string") at += 1;
    } else if (surplus && UPLOADS.has(toText(values[at])) && (guessed || uploads(spec))) at += 1;
    return { value, controlOffset, control: controlOffset === null ? null : control, length: at - start };
  });
  const left = values.slice(at).some((value) => value !== null);
  return { widgets: dealt, complete: !short, exhausted: !left };
}

const UPLOADS = new Set(["image", "audio", "video", "upload"]);

/** Whether the name of an upload button may follow. */
function uploads(spec: WidgetSpec): boolean {
  return spec.kind === "combo" && spec.files;
}

export function asControl(json: Json | undefined): Control | null {
  return CONTROLS.find((control) => control === json) ?? null;
}

const CONTROL = "control_after_generate";

function isControlName(name: string): boolean {
  return name === CONTROL || name.endsWith(`.${CONTROL}`);
}

/** Under which name the control of a widget is kept by name. */
export function controlName(values: JsonObject, name: string): string {
  return values.has(`${name}.${CONTROL}`) ? `${name}.${CONTROL}` : CONTROL;
}

function byName(widgets: readonly Widget[], values: JsonObject, complete: boolean): WidgetValues {
  const dealt = deal(widgets, (widget) => {
    const { name } = widget.input;
    const controlled = isControlled(widget);
    const control = controlled ? asControl(values.get(controlName(values, name))) : null;
    return { value: values.get(name), controlOffset: null, control, length: controlled ? 2 : 1 };
  });
  return { widgets: dealt, complete };
}
