/**
 * Changing what the widgets of a node say. A value goes where the file has it: into its place in the node's list, by its
 * name, or for a widget that a subgraph's instance shows in its own name into the instance's list, as the newest files
 * have it. Where a list lacks places it is written anew as a whole, for a value alone would stand in another's.
 */

import type { Catalog } from "../classes/catalog";
import { definitionOf, faceOf } from "../classes/face";
import { inputNamed, inputsOf } from "../classes/known-inputs";
import { promotedWidgets, type Promoted } from "../classes/promoted";
import type { Control, NodeFace, WidgetFace } from "../classes/types";
import { controlName, relist, widgetValues, type WidgetValues } from "../classes/widget-values";
import { linksInto } from "../document/edit-links";
import { setWidget } from "../document/edit-nodes";
import { addSocket, removeSocket } from "../document/edit-sockets";
import { isObject, withKey, type Json, type JsonObject } from "../document/json";
import { type Key, type NodeRecord } from "../document/records";
import type { DocumentReader, Transaction } from "../document/store";
import { adapt } from "./adapt";
import { alongWith } from "./along-with";
import { keepingValues } from "./keep-values";
import { listOf } from "./new-node";

/** Give the widget at `index` of the node's face a value. */
export function setValue(transaction: Transaction, key: Key, index: number, value: Json, catalog: Catalog): void {
  const face = faceOf(transaction, key, catalog);
  const widget = widgetAt(face, index);
  if (face.kind === "subgraph") setPromoted(transaction, face, index, value, catalog);
  else if (face.kind === "missing") setOfMissing(transaction, face, widget, value);
  else if (face.kind === "primitive") setWidget(transaction, key, widget, value);
  else {
    const goingAlong = alongWith(face, widget.name, value);
    setOwn(transaction, face, widget.name, { value }, catalog);
    for (const [name, along] of goingAlong) {
      setOwn(transaction, faceOf(transaction, key, catalog), name, { value: along }, catalog);
    }
  }
}

/** Say what becomes of the widget at `index` after a run. */
export function setControl(
  transaction: Transaction,
  key: Key,
  index: number,
  control: Control,
  catalog: Catalog,
): void {
  const face = faceOf(transaction, key, catalog);
  const widget = widgetAt(face, index);
  if (face.kind === "primitive") setWidget(transaction, key, { index: 1, name: CONTROL }, control);
  else if (widget.inner !== undefined) {
    const inside = innerIndex(transaction, widget.inner, catalog);
    if (inside !== null) setControl(transaction, widget.inner.node, inside, control, catalog);
  } else if (face.nodeClass !== null) setOwn(transaction, face, widget.name, { control }, catalog);
}

const CONTROL = "control_after_generate";

function widgetAt({ widgets, record }: NodeFace, index: number): WidgetFace {
  const widget = widgets[index];
  if (widget === undefined) throw new RangeError(`node ${record.id} has no widget ${index}`);
  return widget;
}

// ---- a node's own widgets ----

interface Change {
  readonly value?: Json;
  readonly control?: Control;
}

function setOwn(transaction: Transaction, face: NodeFace, name: string, change: Change, catalog: Catalog): void {
  const { record } = face;
  const values = valuesOf(transaction, face);
  const widget = values.widgets.find(({ input }) => input.name === name);
  if (widget === undefined) throw new RangeError(`node ${record.id} has no widget ${name}`);
  const { controlIndex, index, input } = widget;
  const brings = input.members?.kind === "chosen" && change.value !== undefined;
  const byName = isByName(record);
  if (byName !== null) {
    const slot = { index, name: change.control === undefined ? name : controlName(byName, name) };
    setWidget(transaction, record.key, slot, change.control ?? change.value ?? null);
  } else if (!values.complete || brings || (change.control !== undefined && controlIndex === null)) {
    rewrite(transaction, record, values, name, change);
  } else if (change.control !== undefined) {
    const named = record.namedWidgets;
    const slot = { index: controlIndex ?? 0, name: named === null ? CONTROL : controlName(named, name) };
    setWidget(transaction, record.key, slot, change.control);
  } else setWidget(transaction, record.key, { index, name }, change.value ?? null);
  if (brings) dropStrangers(transaction, record.key, name, catalog);
}

function valuesOf(document: DocumentReader, { record, nodeClass }: NodeFace): WidgetValues {
  if (nodeClass === null) throw new RangeError(`nobody knows the class of node ${record.id}`);
  const { graph, id } = record;
  return widgetValues(record, nodeClass, (slot) => linksInto(document, graph, { node: id, slot }).length > 0);
}

/** The values, where a file keeps them by name and has no list. */
function isByName({ widgets, namedWidgets }: NodeRecord): JsonObject | null {
  if (widgets !== null) return isObject(widgets) ? widgets : null;
  return namedWidgets;
}

/** Write the whole list, with one widget changed and those that come with what is chosen. */
function rewrite(
  transaction: Transaction,
  record: NodeRecord,
  values: WidgetValues,
  name: string,
  change: Change,
): void {
  const dealt = relist(values, (widget) => ({
    value: widget.input.name === name ? change.value : undefined,
    control: widget.input.name === name ? change.control : undefined,
  }));
  const widgets = listOf(dealt);
  let named = record.namedWidgets;
  if (named !== null) for (const { input, value } of dealt) named = withKey(named, input.name, value);
  if (named !== null && change.control !== undefined) named = withKey(named, controlName(named, name), change.control);
  transaction.put({ ...record, widgets, namedWidgets: named });
}

/** Remove the sockets that came with what was chosen before. */
function dropStrangers(transaction: Transaction, key: Key, group: string, catalog: Catalog): void {
  const { nodeClass, widgets, record } = faceOf(transaction, key, catalog);
  if (nodeClass === null) return;
  const known = inputsOf(nodeClass, (name) => widgets.find((widget) => widget.name === name)?.value ?? null);
  const strange = record.inputs.flatMap(({ name }, slot) =>
    name.startsWith(`${group}.`) && inputNamed(known, name) === undefined ? [slot] : [],
  );
  for (const slot of strange.reverse()) removeSocket(transaction, key, "inputs", slot);
}

/** Of a class that nobody knows only what stands in the file is changed. */
function setOfMissing(transaction: Transaction, { record }: NodeFace, { index, name }: WidgetFace, value: Json): void {
  const { widgets } = record;
  const listed = widgets !== null && !isObject(widgets) && index < widgets.length;
  if (listed || isByName(record)?.has(name) === true) setWidget(transaction, record.key, { index, name }, value);
}

// ---- widgets that a subgraph's instance shows ----

function setPromoted(transaction: Transaction, face: NodeFace, index: number, value: Json, catalog: Catalog): void {
  const { record, widgets } = face;
  const definition = definitionOf(transaction, record);
  const promoted = definition && promotedWidgets(transaction, record, definition);
  const { input = null, inner = null } = promoted?.[index] ?? {};
  if (input === null) {
    const inside = inner && innerIndex(transaction, inner, catalog);
    if (inner !== null && inside !== null) setValue(transaction, inner.node, inside, value, catalog);
    return;
  }
  const { name } = widgetAt(face, index);
  if (isByName(record) === null && placesOf(record) <= input.place) {
    transaction.put({ ...record, widgets: placesInOrder(promoted ?? [], widgets) });
  }
  setWidget(transaction, record.key, { index: input.place, name }, value);
}

const placesOf = ({ widgets }: NodeRecord): number => (widgets === null || isObject(widgets) ? 0 : widgets.length);

/** What an instance lists when it has values of its own: those that are shown. */
function placesInOrder(promoted: readonly Promoted[], widgets: readonly WidgetFace[]): Json[] {
  const list: Json[] = [];
  promoted.forEach(({ input }, index) => {
    if (input !== null) list[input.place] = widgets[index]?.value ?? null;
  });
  return list;
}

/** Where the face of a node inside has a widget. */
export function innerIndex(
  document: DocumentReader,
  { node, name }: { readonly node: Key; readonly name: string },
  catalog: Catalog,
): number | null {
  if (document.get(node) === undefined) return null;
  const index = faceOf(document, node, catalog).widgets.findIndex((widget) => widget.name === name);
  return index < 0 ? null : index;
}

// ---- widgets as inputs ----

/** Give a widget a socket in the file, so that it can be linked; nothing where it has one. */
export function toInput(transaction: Transaction, key: Key, index: number, catalog: Catalog): void {
  const face = faceOf(transaction, key, catalog);
  const { name, slot } = widgetAt(face, index);
  const socket = face.inputs.find(({ widget }) => widget === index);
  if (slot === null && socket !== undefined)
    addSocket(transaction, key, "inputs", { name: socket.name, type: socket.type, widget: name });
}

/**
 * Take a widget's socket away with its link. Widgets of a pack's own type keep it, for in files they are told by it
 * alone.
 */
export function toWidget(transaction: Transaction, key: Key, index: number, catalog: Catalog): void {
  const { record, widgets, nodeClass } = faceOf(transaction, key, catalog);
  const widget = widgets[index];
  if (widget === undefined || widget.slot === null) return;
  const { slot, spec } = widget;
  const origins = linksInto(transaction, record.graph, { node: record.id, slot }).map(({ origin }) => origin);
  keepingValues(transaction, catalog, record.graph, [{ node: record.id, slot }], () => {
    removeSocket(transaction, key, "inputs", slot);
  });
  const socket = record.inputs[slot];
  if (socket !== undefined && (spec.kind === "other" || spec.kind === "color" || nodeClass === null)) {
    const { name, type } = socket;
    addSocket(transaction, key, "inputs", { name, type, widget: socket.widget ?? name }, slot);
  }
  adapt(transaction, catalog, record.graph, origins);
}
