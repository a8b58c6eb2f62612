/** How a PrimitiveNode shows itself: with the widget of the input it feeds first. */

import { toList } from "../document/json";
import { nodeKey, type Key, type NodeRecord } from "../document/records";
import type { DocumentReader } from "../document/store";
import { inputFace, newOutputFace, outputFace } from "./face-parts";
import type { NodeClass, NodeFace, SocketFace, WidgetFace, WidgetSpec } from "./types";
import { asControl } from "./widget-values";

/** `faceOf` gives the face of the node that is fed. */
export function primitiveFace(
  document: DocumentReader,
  record: NodeRecord,
  nodeClass: NodeClass,
  faceOf: (key: Key) => NodeFace,
): NodeFace {
  const { key, title, inputs, outputs } = record;
  const widget = primitiveWidget(document, record, faceOf);
  return {
    key,
    record,
    kind: "primitive",
    nodeClass,
    title: title ?? nodeClass.title,
    inputs: inputs.map((socket, slot) => inputFace(socket, slot, undefined, [])),
    outputs:
      outputs.length > 0
        ? outputs.map((socket, slot) => outputFace(socket, slot, undefined))
        : nodeClass.outputs.map(newOutputFace),
    widgets: widget === null ? [] : [widget],
  };
}

function primitiveWidget(
  document: DocumentReader,
  record: NodeRecord,
  faceOf: (key: Key) => NodeFace,
): WidgetFace | null {
  const values = toList(record.widgets ?? undefined);
  const fed = fedWidget(document, record, faceOf);
  const [kept] = values;
  if (fed === null && kept === undefined) return null;
  const control = asControl(values[1]);
  const spec = fed?.spec ?? { kind: "other", type: record.outputs[0]?.type ?? "*", default: null, advanced: false };
  return {
    index: 0,
    controlIndex: control === null ? null : 1,
    control: control ?? (changes(spec) ? "fixed" : null),
    name: "value",
    label: record.outputs[0]?.label ?? fed?.label ?? "value",
    tooltip: fed?.tooltip ?? null,
    spec,
    value: kept ?? fed?.value ?? spec.default,
    slot: null,
  };
}

/** Every number and every choice of a primitive can change after a run. */
export function changes({ kind }: WidgetSpec): boolean {
  return kind === "number" || kind === "combo";
}

/** The widget that the first of its links leads to. */
function fedWidget(
  document: DocumentReader,
  { graph, id }: NodeRecord,
  faceOf: (key: Key) => NodeFace,
): WidgetFace | null {
  for (const { floating, target } of document.linksAt(graph, id)) {
    if (floating || String(target.node) === String(id)) continue;
    const node = document.get(nodeKey(graph, target.node));
    if (node?.kind !== "node" || node.classId === "PrimitiveNode") continue;
    const face = faceOf(node.key);
    const socket: SocketFace | undefined = face.inputs[target.slot];
    const widget = face.widgets[socket?.widget ?? -1];
    if (widget !== undefined) return widget;
  }
  return null;
}
