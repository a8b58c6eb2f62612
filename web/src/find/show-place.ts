/** Brings a node or group onto the screen, wherever in the document it lies, and selects it. */

import { centre } from "../canvas/bounds";
import type { Surface } from "../canvas/surface";
import type { Bounds, Key } from "../document/records";
import type { Entered } from "../editor/editor";

/** Its words can be read from this scale on. */
const READABLE = 0.6;

export function showPlace(surface: Surface, path: readonly Entered[], key: Key): void {
  const { editor, element } = surface;
  if (!samePath(editor.view.getState().path, path)) editor.show(path);
  const bounds = boundsOf(surface, key);
  if (!bounds) return;
  editor.select([key]);
  const { x, y } = centre(bounds);
  const { clientWidth: width, clientHeight: height } = element;
  const fits = Math.min((width * 0.8) / bounds.width, (height * 0.8) / bounds.height);
  const scale = Math.min(Math.max(READABLE, editor.view.getState().viewport.scale), Math.max(fits, 0.1));
  surface.look({ x: width / 2 - x * scale, y: height / 2 - y * scale, scale });
}

/** As the file has it: the graph may have been entered just now, and nothing of it be drawn yet. */
function boundsOf({ editor }: Surface, key: Key): Bounds | null {
  const record = editor.document.store.get(key);
  if (record?.kind === "group") return record.bounds;
  return record?.kind === "node" ? { ...record.position, ...record.size } : null;
}

function samePath(one: readonly Entered[], other: readonly Entered[]): boolean {
  return one.length === other.length && one.every(({ node }, at) => node === other[at]?.node);
}
