/** The parts of which faces are made: a socket or a widget of the file with what the class says of it. */

import { OPTIONAL_SHAPE } from "../document/edit-sockets";
import { isObject, toNumber } from "../document/json";
import type { Socket } from "../document/records";
import type { InputSpec, OutputSpec, SocketFace, WidgetFace } from "./types";
import type { WidgetValue } from "./widget-values";

export function widgetFace(value: WidgetValue, sockets: readonly Socket[]): WidgetFace {
  const { input, spec } = value;
  const slot = sockets.findIndex((socket) => (socket.widget ?? socket.name) === input.name);
  return {
    index: value.index,
    controlIndex: value.controlIndex,
    control: value.control,
    name: input.name,
    label: sockets[slot]?.label ?? input.label,
    tooltip: input.tooltip,
    spec,
    value: value.value,
    slot: slot < 0 ? null : slot,
  };
}

export function inputFace(
  socket: Socket,
  slot: number,
  input: InputSpec | undefined,
  widgets: readonly WidgetFace[],
): SocketFace {
  return {
    slot,
    name: socket.name,
    label: socket.label ?? input?.label ?? socket.name,
    type: typeOf(socket, input, input?.matches),
    tooltip: input?.tooltip ?? null,
    optional: input === undefined ? isDrawnOptional(socket) : !input.required,
    widget: indexOf(widgets, (widget) => widget.slot === slot),
  };
}

export function newInputFace(input: InputSpec, slot: number, widgets: readonly WidgetFace[]): SocketFace {
  const { name, label, type, tooltip, required } = input;
  const widget = indexOf(widgets, (widget) => widget.name === name);
  return { slot, name, label, type, tooltip, optional: !required, widget };
}

export function outputFace(socket: Socket, slot: number, output: OutputSpec | undefined): SocketFace {
  return {
    slot,
    name: socket.name,
    label: socket.label ?? socket.name,
    type: typeOf(socket, output, output?.follows),
    tooltip: output?.tooltip ?? null,
    optional: false,
    widget: null,
  };
}

export function newOutputFace({ name, type, tooltip }: OutputSpec, slot: number): SocketFace {
  return { slot, name, label: name, type, tooltip, optional: false, widget: null };
}

/** What the class says, unless it leaves that open: then what the file says. */
function typeOf(socket: Socket, declared: { readonly type: string } | undefined, open = false): string {
  if (declared !== undefined && declared.type !== "*" && !open) return declared.type;
  return socket.type || (declared?.type ?? "*");
}

export function indexOf<T>(list: readonly T[], wanted: (item: T) => boolean): number | null {
  const index = list.findIndex(wanted);
  return index < 0 ? null : index;
}

function isDrawnOptional({ source }: Socket): boolean {
  return isObject(source) && toNumber(source.get("shape")) === OPTIONAL_SHAPE;
}
