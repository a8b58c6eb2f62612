/** Which gesture a press begins: by what lies under the pointer, and by what is held down. */

import type { Key } from "../../document/records";
import { toggleCollapsed } from "../actions/modes";
import { bendLink } from "../actions/links";
import { toggleSelected } from "../actions/select";
import type { Hit } from "../hit";
import { boxSelect } from "./box-select";
import { dragLink } from "./drag-link";
import { dragThings } from "./drag-things";
import { press, type Gesture, type Ground, type Pointer } from "./gesture";
import { pan } from "./pan";
import { resizeGroup, resizeNode } from "./resize";

/** A press of the main button, a pen or a finger. */
export function begin(ground: Ground, start: Pointer, hit: Hit): Gesture {
  switch (hit.kind) {
    case "nothing":
    case "border":
      return onEmpty(ground, start);
    case "link":
      return onLink(ground, start, hit);
    case "reroute":
      return onThing(ground, start, hit.reroute);
    case "group-title":
      return onThing(ground, start, hit.group);
    case "title":
    case "body":
    case "widget":
      return onThing(ground, start, hit.node);
    case "collapse":
      return onCaret(ground, start, hit.node);
    case "socket":
      return press(start, { drag: () => dragLink(ground, start, hit.socket) });
    case "resize":
      return onCorner(ground, start, hit.node, resizeNode);
    case "group-resize":
      return onCorner(ground, start, hit.group, resizeGroup);
  }
}

function onEmpty(ground: Ground, start: Pointer): Gesture {
  const { editor } = ground.surface;
  return press(start, {
    click: () => {
      if (!start.shift && !start.ctrl) editor.select([]);
    },
    drag: () => dragEmpty(ground, start),
  });
}

function dragEmpty(ground: Ground, start: Pointer): Gesture {
  const selects = start.ctrl || start.shift || ground.settings.getState().leftDrag === "select";
  return selects ? boxSelect(ground, start, { adding: start.shift }) : pan(ground, start);
}

/** A link is nothing to drag: what is dragged from it is the canvas. */
function onLink(ground: Ground, start: Pointer, hit: Extract<Hit, { kind: "link" }>): Gesture {
  const { editor } = ground.surface;
  return press(start, {
    click: () => {
      if (start.alt) bendLink(ground.surface, hit.link, hit.at);
      else if (start.shift || start.ctrl) toggleSelected(editor, hit.link);
      else editor.select([hit.link]);
    },
    drag: () => dragEmpty(ground, start),
  });
}

function onThing(ground: Ground, start: Pointer, key: Key): Gesture {
  const { editor } = ground.surface;
  const was = editor.selection.getState();
  if (start.ctrl) {
    return press(start, {
      click: () => {
        toggleSelected(editor, key);
      },
      drag: () => boxSelect(ground, start, { adding: start.shift }),
    });
  }
  if (!was.has(key)) editor.select(start.shift ? [...was, key] : [key]);
  return press(start, {
    click: () => {
      if (start.shift && was.has(key)) toggleSelected(editor, key);
      else if (!start.shift) editor.select([key]);
    },
    drag: () => dragThings(ground, start, key),
  });
}

function onCaret(ground: Ground, start: Pointer, key: Key): Gesture {
  const { editor } = ground.surface;
  return press(start, {
    click: () => {
      toggleCollapsed(editor, [editor.document.store.need(key, "node")]);
    },
    drag: () => {
      if (!editor.selection.getState().has(key)) editor.select([key]);
      return dragThings(ground, start, key);
    },
  });
}

function onCorner(
  ground: Ground,
  start: Pointer,
  key: Key,
  resize: (ground: Ground, start: Pointer, key: Key) => Gesture,
): Gesture {
  const { editor } = ground.surface;
  const record = editor.document.store.get(key);
  const fixed = (record?.kind === "node" || record?.kind === "group") && record.pinned;
  if (!editor.selection.getState().has(key)) editor.select([key]);
  return press(start, fixed ? {} : { drag: () => resize(ground, start, key) });
}
