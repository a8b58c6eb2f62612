/** How an instance of a subgraph shows itself: with its definition's sockets, and widgets of the nodes inside. */

import type { GraphRecord, Key, NodeRecord, Socket } from "../document/records";
import type { DocumentReader } from "../document/store";
import { indexOf } from "./face-parts";
import { hostSocket, ownValue, promotedWidgets, type Promoted } from "./promoted";
import type { NodeFace, SocketFace, WidgetFace, WidgetSpec } from "./types";

/** `innerFace` gives the face of a node inside; null where that has no end. */
export function subgraphFace(
  document: DocumentReader,
  record: NodeRecord,
  definition: GraphRecord,
  innerFace: (key: Key) => NodeFace | null,
): NodeFace {
  const faces = new Map<Key, NodeFace | null>();
  const widgets = promotedWidgets(document, record, definition).map((promoted) => {
    const key = promoted.inner?.node;
    if (key !== undefined && !faces.has(key)) faces.set(key, innerFace(key));
    const inner = faces.get(key ?? "")?.widgets.find(({ name }) => name === promoted.inner?.name);
    return promotedFace(record, definition, promoted, inner);
  });
  return {
    key: record.key,
    record,
    kind: "subgraph",
    nodeClass: null,
    title: record.title ?? definition.name ?? record.classId,
    inputs: inputFaces(record, definition, widgets),
    outputs:
      definition.outputs.length > record.outputs.length
        ? [...record.outputs, ...definition.outputs.slice(record.outputs.length)].map(outputFace(definition))
        : record.outputs.map(outputFace(definition)),
    widgets,
  };
}

function promotedFace(
  record: NodeRecord,
  definition: GraphRecord,
  promoted: Promoted,
  inner: WidgetFace | undefined,
): WidgetFace {
  const { input } = promoted;
  const declared = input === null ? undefined : definition.inputs[input.slot];
  const host = input === null ? undefined : hostSocket(record, definition, input.slot);
  const name = declared?.name ?? promoted.inner?.name ?? "";
  const spec: WidgetSpec = inner?.spec ?? {
    kind: "other",
    type: declared?.type ?? "*",
    default: null,
    advanced: false,
  };
  return {
    index: input?.place ?? inner?.index ?? 0,
    controlIndex: input === null ? (inner?.controlIndex ?? null) : null,
    control: inner?.control ?? null,
    name,
    label: host?.label ?? declared?.label ?? (declared === undefined ? inner?.label : undefined) ?? name,
    tooltip: inner?.tooltip ?? null,
    spec,
    value: ownValue(record, definition, promoted) ?? inner?.value ?? spec.default,
    slot: host === undefined ? null : record.inputs.indexOf(host),
    ...(promoted.inner && { inner: promoted.inner }),
  };
}

function inputFaces(record: NodeRecord, definition: GraphRecord, widgets: readonly WidgetFace[]): SocketFace[] {
  const slotOf = new Map<Socket, Socket>();
  const lacking: Socket[] = [];
  definition.inputs.forEach((declared, slot) => {
    const host = hostSocket(record, definition, slot);
    if (host === undefined) lacking.push(declared);
    else slotOf.set(host, declared);
  });
  return [...record.inputs, ...lacking].map((socket, slot) => {
    const declared = slotOf.get(socket) ?? socket;
    const isHost = slot < record.inputs.length;
    return {
      slot,
      name: socket.name,
      label: socket.label ?? declared.label ?? socket.name,
      type: declared.type || "*",
      tooltip: null,
      optional: false,
      widget: indexOf(widgets, (widget) =>
        isHost ? widget.slot === slot : widget.slot === null && widget.name === socket.name,
      ),
    };
  });
}

const outputFace =
  ({ outputs }: GraphRecord) =>
  (socket: Socket, slot: number): SocketFace => ({
    slot,
    name: socket.name,
    label: socket.label ?? outputs[slot]?.label ?? socket.name,
    type: (outputs[slot]?.type ?? socket.type) || "*",
    tooltip: null,
    optional: false,
    widget: null,
  });
