/** What can be made of the widgets of a node: sockets, and widgets again, and primitives that feed them. */

import { faceOf } from "../../classes/face";
import type { Command } from "../../commands/command";
import type { Key } from "../../document/records";
import { giveSocket, makePrimitive, takeSocket } from "../actions/widgets";
import type { Surface } from "../surface";
import { item } from "./item";

interface WidgetItems {
  readonly sockets: readonly Command[];
  readonly primitives: readonly Command[];
}

/** Only what the server knows the class of can be told what its widgets take. */
export function widgetItems(surface: Surface, node: Key): WidgetItems {
  const { document, catalog } = surface.editor;
  const { widgets, inputs, kind } = faceOf(document.store, node, catalog.getState());
  if (kind !== "plain" && kind !== "subgraph") return { sockets: [], primitives: [] };
  const linkable = widgets
    .map((widget, index) => ({ ...widget, at: index }))
    .filter(({ at }) => inputs.some((socket) => socket.widget === at));
  const sockets = linkable.map(({ name, label, slot, at }) =>
    slot === null
      ? item(
          `to-socket-${name}-${at}`,
          ({ toSocket }) => toSocket(label),
          () => {
            giveSocket(surface, node, at);
          },
        )
      : item(
          `to-widget-${name}-${at}`,
          ({ toWidget }) => toWidget(label),
          () => {
            takeSocket(surface, node, at);
          },
        ),
  );
  const primitives = linkable.map(({ name, label, at }) =>
    item(
      `primitive-${name}-${at}`,
      ({ primitive }) => primitive(label),
      () => {
        makePrimitive(surface, node, at);
      },
    ),
  );
  return { sockets, primitives };
}
