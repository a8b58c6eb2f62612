/** Widgets that become sockets, and back; and primitives made of them. `index` is that of the widget in the face. */

import { faceOf } from "../../classes/face";
import { primitiveFor } from "../../editing/primitive";
import { toInput, toWidget } from "../../editing/widgets";
import type { Key } from "../../document/records";
import { strings } from "../../i18n/language";
import { ROW_HEIGHT } from "../layout";
import { measure } from "../measure";
import type { Board } from "./board";

/** How far beside its node a primitive is put. */
const BESIDE = 60;

export function giveSocket({ editor }: Board, node: Key, index: number): void {
  editor.document.store.transact(strings().gestures.done.toSocket, (transaction) => {
    toInput(transaction, node, index, editor.catalog.getState());
  });
}

export function takeSocket({ editor }: Board, node: Key, index: number): void {
  editor.document.store.transact(strings().gestures.done.toWidget, (transaction) => {
    toWidget(transaction, node, index, editor.catalog.getState());
  });
}

/** To the left of the node, beside the widget that it feeds from now on. */
export function makePrimitive({ editor, scene }: Board, node: Key, index: number): void {
  const { store } = editor.document;
  const catalog = editor.catalog.getState();
  const { position, id } = store.need(node, "node");
  const socket = faceOf(store, node, catalog).inputs.find(({ widget }) => widget === index);
  const at = (socket && scene.socket(id, "inputs", socket.slot)?.at) ?? position;
  const { key } = store.transact(strings().gestures.done.primitive, (transaction) => {
    const made = primitiveFor(transaction, node, index, catalog, at, measure);
    const beside = { x: position.x - made.size.width - BESIDE, y: at.y - ROW_HEIGHT / 2 };
    transaction.put({ ...made, position: beside });
    return made;
  });
  editor.select([key]);
}
