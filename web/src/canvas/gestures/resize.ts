/** Dragging the lower right corner of a node or a group. */

import { minus, plus } from "../bounds";
import { editGroups } from "../../document/edit-groups";
import { editNodes } from "../../document/edit-nodes";
import type { Key, Size } from "../../document/records";
import type { Transaction } from "../../document/store";
import { strings } from "../../i18n/language";
import type { Gesture, Ground, Pointer } from "./gesture";
import { toGrid } from "./snap";

const LEAST_GROUP: Size = { width: 140, height: 80 };

/** A node does not become smaller than what it shows. */
export function resizeNode(ground: Ground, start: Pointer, key: Key): Gesture {
  const { editor, scene } = ground.surface;
  const { position } = editor.document.store.need(key, "node");
  const drawn = scene.boundsOf(key);
  const corner = drawn ? { x: drawn.x + drawn.width, y: drawn.y + drawn.height } : start.at;
  const least = scene.leastSize(key) ?? { width: 0, height: 0 };
  const size = { width: corner.x - position.x, height: corner.y - position.y };
  return resize(ground, start, key, size, least, (transaction, size) => {
    editNodes(transaction, [key], { size });
  });
}

export function resizeGroup(ground: Ground, start: Pointer, key: Key): Gesture {
  const { bounds } = ground.surface.editor.document.store.need(key, "group");
  return resize(ground, start, key, bounds, LEAST_GROUP, (transaction, size) => {
    editGroups(transaction, [key], { bounds: { x: bounds.x, y: bounds.y, width: size.width, height: size.height } });
  });
}

function resize(
  { surface, settings }: Ground,
  start: Pointer,
  key: Key,
  before: Size,
  least: Size,
  put: (transaction: Transaction, size: Size) => void,
): Gesture {
  const { store, history } = surface.editor.document;
  const label = strings().gestures.done.resize;
  const mark = history.mark();
  const follow = (pointer: Pointer): void => {
    if (store.get(key) === undefined) return; // deleted by key meanwhile
    const snaps = settings.getState().snap || pointer.shift;
    const rest = snaps ? toGrid : Math.round;
    const { x, y } = plus({ x: before.width, y: before.height }, minus(pointer.at, start.at));
    const size = { width: Math.max(least.width, rest(x)), height: Math.max(least.height, rest(y)) };
    store.transact(
      label,
      (transaction) => {
        put(transaction, size);
      },
      { continues: "resize" },
    );
  };
  return {
    cursor: "nwse-resize",
    pushes: true,
    move: follow,
    end(pointer) {
      follow(pointer);
      history.squash(mark, label);
    },
    cancel() {
      history.abandon(mark);
    },
  };
}
