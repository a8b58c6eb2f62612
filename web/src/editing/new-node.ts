/**
 * Adding a node of a class: with the sockets and the values that a new one has. How large a node is to be drawn is asked
 * of who draws.
 */

import { PRIMITIVE, REROUTE, NOTE, MARKDOWN_NOTE, isEditorClass } from "../classes/editor-classes";
import { faceOf } from "../classes/face";
import { inputsOf, moreMembers } from "../classes/known-inputs";
import type { Catalog } from "../classes/catalog";
import type { InputSpec, NodeClass, NodeFace } from "../classes/types";
import { deal, editedInPlace, isControlled, type Widget, type WidgetValue } from "../classes/widget-values";
import { addNode, editNodes } from "../document/edit-nodes";
import type { NewSocket } from "../document/edit-sockets";
import type { Json, JsonObject } from "../document/json";
import { type Key, type NodeRecord, type Point, type Size } from "../document/records";
import type { Transaction } from "../document/store";

/** The size in which a new node is drawn well. */
export type Measure = (face: NodeFace) => Size;

/** Throws RangeError where nobody knows that class. */
export function addNodeOf(
  transaction: Transaction,
  catalog: Catalog,
  graph: Key,
  classId: string,
  position: Point,
  measure: Measure,
): NodeRecord {
  const nodeClass = catalog.classes.get(classId);
  if (nodeClass === undefined) throw new RangeError(`no class is called ${classId}`);
  const parts = isEditorClass(nodeClass) ? editorParts(nodeClass) : classParts(nodeClass);
  const { key } = addNode(transaction, graph, { classId, position, size: { width: 0, height: 0 }, ...parts });
  const size = measure(faceOf(transaction, key, catalog));
  editNodes(transaction, [key], { size, ...(NOTE_COLORS[classId] ?? {}) });
  return transaction.need(key, "node");
}

interface Parts {
  readonly inputs?: readonly NewSocket[];
  readonly outputs?: readonly NewSocket[];
  readonly widgets?: readonly Json[];
  readonly properties?: JsonObject;
}

/** The yellow that notes have in files. */
const NOTE_COLORS: Readonly<Record<string, Pick<NodeRecord, "color" | "background">>> = {
  [NOTE]: { color: "#432", background: "#653" },
  [MARKDOWN_NOTE]: { color: "#432", background: "#653" },
};

function classParts(nodeClass: NodeClass): Parts {
  const values = newValues(editedInPlace(nodeClass.inputs));
  const known = inputsOf(nodeClass, (name) => values.find(({ input }) => input.name === name)?.value ?? null);
  const linkable = [...known.byName.values()].filter(({ widget, socketless }) => widget === null && !socketless);
  const growing = known.growing.flatMap((group) => moreMembers(group, new Set(), () => true));
  const marked = values.filter(({ spec }) => spec.kind === "other" || spec.kind === "color").map(({ input }) => input);
  return {
    inputs: [...linkable, ...growing, ...marked].map(inputSocket),
    outputs: nodeClass.outputs,
    widgets: values.flatMap(({ listed }) => listed),
    properties: new Map([["Node name for S&R", nodeClass.id]]),
  };
}

function editorParts(nodeClass: NodeClass): Parts {
  const inputs = nodeClass.inputs.filter(({ widget }) => widget === null).map(inputSocket);
  const widgets = editedInPlace(nodeClass.inputs).map(({ spec }) => spec.default);
  return { inputs, outputs: nodeClass.outputs, widgets, properties: new Map(PROPERTIES[nodeClass.id]) };
}

const PROPERTIES: Readonly<Record<string, [string, Json][]>> = {
  [REROUTE]: [
    ["showOutputText", false],
    ["horizontal", false],
  ],
  [PRIMITIVE]: [["Run widget replace on values", false]],
};

/** A socket as a file has it. Of widgets those have one that are of a pack's own type: by it they are told from links. */
function inputSocket({ name, type, required, widget }: InputSpec): NewSocket {
  return { name, type, optional: !required, ...(widget !== null && { widget: name }) };
}

/** What a file lists for new widgets, and for those that come with what is chosen. */
function newValues(widgets: readonly Widget[]): (Widget & { value: Json; listed: readonly Json[] })[] {
  const dealt = deal(widgets, () => ({ value: undefined, controlOffset: null, control: null, length: 1 }));
  return dealt.map((widget) => ({ ...widget, listed: listedFor(widget, widget.value) }));
}

/** What a file lists for widgets with these values. */
export function listOf(widgets: readonly WidgetValue[]): Json[] {
  return widgets.flatMap((widget) => listedFor(widget, widget.value, widget.control ?? undefined));
}

/** A value with what stands behind it in the list. */
function listedFor(widget: Widget, value: Json, control: Json = "randomize"): readonly Json[] {
  if (isControlled(widget)) return [value, control];
  // Files have the name of the button by which pictures are put there.
  return widget.spec.kind === "combo" && widget.spec.upload !== null ? [value, "image"] : [value];
}
