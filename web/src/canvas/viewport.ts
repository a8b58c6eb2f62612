/** How the plane is seen: what part of it a window shows, and which viewport shows what is wanted. */

import { isList, isObject, toNumber } from "../document/json";
import type { Bounds, GraphRecord, Point } from "../document/records";
import type { Viewport } from "../editor/editor";
import { DOM_SCALE } from "./look";
import { MAX_SCALE, MIN_SCALE } from "./surface";

/** The part of the plane that `width` × `height` pixels show. */
export function viewOf({ x, y, scale }: Viewport, width: number, height: number): Bounds {
  return { x: -x / scale, y: -y / scale, width: width / scale, height: height / scale };
}

/** Shows all of `bounds` in the middle, as large as fits, but no larger than in full size. */
export function fitting(bounds: Bounds, width: number, height: number): Viewport {
  const margin = Math.min(60, width / 10, height / 10);
  const fits = Math.min((width - 2 * margin) / bounds.width, (height - 2 * margin) / bounds.height);
  const scale = clampedScale(Math.min(1, fits));
  return centred({ x: bounds.x + bounds.width / 2, y: bounds.y + bounds.height / 2 }, scale, width, height);
}

/** Shows all of `bounds` where it is readable then; else its beginning, with the whole of the node `first` in it. */
export function opening(bounds: Bounds, first: Bounds, width: number, height: number): Viewport {
  const whole = fitting(bounds, width, height);
  if (whole.scale >= DOM_SCALE) return whole;
  const middle = { x: bounds.x + bounds.width / 2, y: bounds.y + bounds.height / 2 };
  const near = centred(middle, DOM_SCALE, width, height);
  return revealing(revealing(near, bounds, width, height), first, width, height);
}

/** Shows `point` in the middle. */
export function centred(point: Point, scale: number, width: number, height: number): Viewport {
  return { x: width / 2 - point.x * scale, y: height / 2 - point.y * scale, scale };
}

/** At another scale, with `around` where it was. */
export function zoomed({ x, y, scale }: Viewport, wanted: number, around: Point): Viewport {
  const next = clampedScale(wanted);
  return { x: x + around.x * (scale - next), y: y + around.y * (scale - next), scale: next };
}

/** As little further as is needed for `bounds` to be seen; the very same viewport where it is seen already. */
export function revealing(viewport: Viewport, bounds: Bounds, width: number, height: number): Viewport {
  const { x, y, scale } = viewport;
  const margin = 24;
  const shift = (start: number, size: number, room: number): number => {
    const [least, most] = [margin - start, room - margin - size - start];
    // What is larger than the window shows its beginning.
    return most < least ? least : Math.max(least, 0) + Math.min(most, 0);
  };
  const dx = shift(bounds.x * scale + x, bounds.width * scale, width);
  const dy = shift(bounds.y * scale + y, bounds.height * scale, height);
  return dx === 0 && dy === 0 ? viewport : { x: x + dx, y: y + dy, scale };
}

/** Where the file says that it was last looked at; null where it says nothing. */
export function viewportOfFile(graph: GraphRecord): Viewport | null {
  const extra = graph.source.get("extra");
  const seen = isObject(extra) ? extra.get("ds") : undefined;
  if (!isObject(seen)) return null;
  const offset = seen.get("offset");
  const [x, y] = isList(offset) ? offset.map(toNumber) : [];
  const scale = toNumber(seen.get("scale"));
  if (x === undefined || y === undefined || scale === undefined || !(scale > 0)) return null;
  const kept = clampedScale(scale);
  return { x: x * kept, y: y * kept, scale: kept };
}

const clampedScale = (scale: number): number => Math.min(MAX_SCALE, Math.max(MIN_SCALE, scale));
