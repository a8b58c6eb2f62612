/**
 * Keys that mean something on the canvas alone: arrows move what is selected, Enter works at a node's first widget, F2
 * gives a title, Escape lets go. All others are commands, and heard for the whole page.
 */

import type { Key, Point } from "../../document/records";
import { nudgeSelected } from "../actions/move";
import { startNaming } from "../actions/name";
import { centre } from "../bounds";
import { subjectOfSelection } from "../menus/menu-store";
import type { Surface } from "../surface";
import type { Ground } from "./gesture";
import { GRID } from "./snap";

const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/** How far an arrow moves the view where nothing is selected, in pixels. */
const VIEW_STEP = 60;

type Press = Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey" | "metaKey" | "altKey">;

/** Whether the key meant anything. */
export function pressKey(ground: Ground, press: Press): boolean {
  if (press.ctrlKey || press.metaKey || press.altKey) return false;
  const { surface } = ground;
  const arrow = ARROWS[press.key];
  if (arrow) return move(surface, arrow, press.shiftKey);
  if (press.key === "ContextMenu" || (press.key === "F10" && press.shiftKey)) return openMenu(ground);
  if (press.shiftKey) return false;
  switch (press.key) {
    case "Enter":
      return editFirstWidget(surface);
    case "F2":
      return rename(surface);
    case "Escape":
      surface.editor.select([]);
      return true;
    default:
      return false;
  }
}

/** By the grid, or with Shift by one. */
function move(surface: Surface, { x, y }: Point, fine: boolean): boolean {
  if (surface.editor.selection.getState().size === 0) surface.pan(-x * VIEW_STEP, -y * VIEW_STEP);
  else nudgeSelected(surface, { x: x * (fine ? 1 : GRID), y: y * (fine ? 1 : GRID) });
  return true;
}

function editFirstWidget({ editor, element }: Surface): boolean {
  const key = onlySelected(editor.selection.getState());
  if (key === null) return false;
  const node = element.querySelector(`[data-node="${CSS.escape(key)}"]`);
  const widget = node?.querySelector<HTMLElement>('[data-own] :is([tabindex="0"], input, textarea), [data-note]');
  widget?.focus();
  return Boolean(widget);
}

function rename(surface: Surface): boolean {
  const key = onlySelected(surface.editor.selection.getState());
  const kind = key && surface.editor.document.store.get(key)?.kind;
  if (!key || (kind !== "node" && kind !== "group")) return false;
  startNaming(surface, key);
  return true;
}

/** Beside what is selected, or in the middle of the view. */
function openMenu({ surface, menu }: Ground): boolean {
  const { editor, scene } = surface;
  const bounds = scene.around(editor.selection.getState());
  const at = bounds ? { x: bounds.x + 10, y: bounds.y + 10 } : centre(surface.view());
  menu.setState({ open: { subject: subjectOfSelection(editor), at, client: surface.toWindow(at) } });
  return true;
}

const onlySelected = (selection: ReadonlySet<Key>): Key | null =>
  selection.size === 1 ? ([...selection][0] ?? null) : null;
