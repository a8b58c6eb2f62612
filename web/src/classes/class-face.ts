/** How a node of a known class shows itself, and one of a class that nobody knows. */

import { linksInto } from "../document/edit-links";
import type { NodeRecord, Socket } from "../document/records";
import type { DocumentReader } from "../document/store";
import { isEditorClass } from "./editor-classes";
import { inputFace, newInputFace, newOutputFace, outputFace, widgetFace } from "./face-parts";
import { inputNamed, inputsOf, moreMembers, type Inputs } from "./known-inputs";
import type { FaceKind, InputSpec, NodeClass, NodeFace, WidgetFace } from "./types";
import { guessedValues, widgetValues } from "./widget-values";

export function missingFace(record: NodeRecord): NodeFace {
  const { key, inputs, outputs, title, classId } = record;
  const widgets = guessedValues(record).widgets.map((widget) => widgetFace(widget, inputs));
  return {
    key,
    record,
    kind: "missing",
    nodeClass: null,
    title: title ?? classId,
    inputs: inputs.map((socket, slot) => inputFace(socket, slot, undefined, widgets)),
    outputs: outputs.map((socket, slot) => outputFace(socket, slot, undefined)),
    widgets,
  };
}

export function classFace(
  document: DocumentReader,
  record: NodeRecord,
  nodeClass: NodeClass,
  kind: FaceKind,
): NodeFace {
  const { key, graph, id, inputs, outputs, title } = record;
  const linked = (slot: number): boolean => linksInto(document, graph, { node: id, slot }).length > 0;
  const values = widgetValues(record, nodeClass, linked).widgets;
  const widgets = values.filter(({ input }) => input.hidden !== true).map((widget) => widgetFace(widget, inputs));
  const known = inputsOf(nodeClass, (name) => values.find(({ input }) => input.name === name)?.value ?? null);
  const shown = inputs.map((socket, slot) => inputFace(socket, slot, inputNamed(known, socket.name), widgets));
  const more = isEditorClass(nodeClass) && inputs.length > 0 ? [] : inputsBeyond(inputs, known, widgets, linked);
  return {
    key,
    record,
    kind,
    nodeClass,
    title: title ?? nodeClass.title,
    inputs: [...shown, ...more.map((input, index) => newInputFace(input, inputs.length + index, widgets))],
    outputs: [
      ...outputs.map((socket, slot) => outputFace(socket, slot, nodeClass.outputs[slot])),
      ...nodeClass.outputs.slice(outputs.length).map((output, index) => newOutputFace(output, outputs.length + index)),
    ],
    widgets,
  };
}

/** The inputs that the file has no socket for: first those that can only be linked, then those of widgets. */
function inputsBeyond(
  sockets: readonly Socket[],
  known: Inputs,
  widgets: readonly WidgetFace[],
  linked: (slot: number) => boolean,
): InputSpec[] {
  const slots = new Map(sockets.map(({ name }, slot) => [name, slot]));
  const names = new Set(slots.keys());
  const lacking = [...known.byName.values()].filter((input) => !names.has(input.name) && input.socketless !== true);
  const isWidget = ({ name }: InputSpec): boolean => widgets.some((widget) => widget.name === name);
  const taken = (name: string): boolean => linked(slots.get(name) ?? -1);
  return [
    ...lacking.filter((input) => input.widget === null && !isWidget(input)),
    ...known.growing.flatMap((group) => moreMembers(group, names, taken)),
    ...lacking.filter(isWidget),
  ];
}
