/** Where a picture lies in its stage: a pixel is shown at `pixel * scale + (x, y)`. Pure. */

import type { Point } from "../../document/records";
import type { Dimensions } from "./area";

export interface PictureView extends Point {
  readonly scale: number;
}

const LEAST = 0.05;
const MOST = 40;

/** All of it, in the middle, no larger than it is unless it is tiny. */
export function fitted(picture: Dimensions, stage: Dimensions): PictureView {
  const margin = 24;
  const room = Math.min((stage.width - margin) / picture.width, (stage.height - margin) / picture.height);
  const scale = bounded(Math.min(room, 4));
  return {
    scale,
    x: (stage.width - picture.width * scale) / 2,
    y: (stage.height - picture.height * scale) / 2,
  };
}

/** Larger or smaller; what lies at `at` of the stage stays there. */
export function zoomed(view: PictureView, by: number, at: Point): PictureView {
  const scale = bounded(view.scale * by);
  const ratio = scale / view.scale;
  return { scale, x: at.x - (at.x - view.x) * ratio, y: at.y - (at.y - view.y) * ratio };
}

export function moved(view: PictureView, by: Point): PictureView {
  return { ...view, x: view.x + by.x, y: view.y + by.y };
}

/** Two fingers went from one pair of points to another. */
export function pinched(view: PictureView, from: readonly [Point, Point], to: readonly [Point, Point]): PictureView {
  const [before, after] = [middle(from), middle(to)];
  const ratio = distance(to) / Math.max(1, distance(from));
  return moved(zoomed(view, ratio, before), { x: after.x - before.x, y: after.y - before.y });
}

/** The point of the picture that lies at a point of the stage. */
export function inPicture(view: PictureView, at: Point): Point {
  return { x: (at.x - view.x) / view.scale, y: (at.y - view.y) / view.scale };
}

const bounded = (scale: number): number => Math.min(MOST, Math.max(LEAST, scale));
const middle = ([a, b]: readonly [Point, Point]): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
const distance = ([a, b]: readonly [Point, Point]): number => Math.hypot(a.x - b.x, a.y - b.y);
