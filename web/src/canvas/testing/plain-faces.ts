/** For tests: faces of nodes as the file alone has them, so that the canvas is tested without any node classes. */

import type { FaceKind, NodeFace, SocketFace, WidgetFace } from "../../classes/types";
import { isList } from "../../document/json";
import { graphKey, type Key, type NodeRecord, type Socket } from "../../document/records";
import type { DocumentReader } from "../../document/store";

const KINDS: Readonly<Record<string, FaceKind>> = {
  Reroute: "reroute",
  Note: "note",
  MarkdownNote: "markdown",
  PrimitiveNode: "primitive",
};

export function plainFace(document: DocumentReader, key: Key): NodeFace {
  const record = document.need(key, "node");
  const definition = document.get(graphKey(record.classId));
  const widgets = widgetsOf(record);
  return {
    key,
    record,
    kind: definition ? "subgraph" : (KINDS[record.classId] ?? "plain"),
    nodeClass: null,
    // An instance looks like its definition, so a test sees whether it is followed.
    title: record.title ?? (definition?.kind === "graph" ? definition.name : null) ?? record.classId,
    inputs: record.inputs.map((socket, slot) => socketFace(socket, slot, widgets)),
    outputs: record.outputs.map((socket, slot) => socketFace(socket, slot, [])),
    widgets,
  };
}

function socketFace({ name, type, label, widget }: Socket, slot: number, widgets: readonly WidgetFace[]): SocketFace {
  const index = widgets.findIndex((face) => face.name === widget);
  return { slot, name, type, label: label ?? name, tooltip: null, optional: false, widget: index < 0 ? null : index };
}

function widgetsOf({ widgets, classId }: NodeRecord): WidgetFace[] {
  const prompt = classId === "CLIPTextEncode" || classId.endsWith("Note");
  return (isList(widgets) ? widgets : []).map((value, index) => ({
    index,
    controlIndex: null,
    control: null,
    name: index === 0 ? "seed" : `w${index}`,
    label: `w${index}`,
    tooltip: null,
    spec: prompt
      ? { kind: "text", advanced: false, default: "", multiline: true, placeholder: "", prompt: false }
      : { kind: "other", advanced: false, type: "X", default: null },
    value,
    slot: null,
  }));
}
