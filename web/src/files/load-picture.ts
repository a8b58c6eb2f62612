/** What a picture that carries no workflow is good for: a node that loads it. */

import { centre, contains } from "../canvas/bounds";
import { pastePicture } from "../canvas/paste";
import type { Surface, SurfaceStore } from "../canvas/surface";
import type { Point } from "../document/records";
import type { App } from "../editor/app";
import { activeTab } from "../editor/workspace";
import { newTab } from "./tabs";

/**
 * Into the workflow that is shown, or a new one where none is. `at`: the point of the window where the picture was let
 * go; null where it was chosen otherwise.
 */
export async function loadPicture(app: App, file: File, at: Point | null): Promise<void> {
  if (activeTab(app.workspace.getState()) === null) {
    newTab(app);
    // A new canvas is looked at with the origin in its middle.
    await pastePicture(await shown(app.surface), file, { x: 0, y: 0 });
  } else {
    const surface = await shown(app.surface);
    await pastePicture(surface, file, placeOn(surface, at));
  }
}

function placeOn(surface: Surface, at: Point | null): Point {
  if (at !== null && contains(surface.element.getBoundingClientRect(), at)) return surface.toPlane(at.x, at.y);
  return centre(surface.view());
}

/** The canvas, as soon as one is shown. */
function shown(store: SurfaceStore): Promise<Surface> {
  const surface = store.getState();
  if (surface) return Promise.resolve(surface);
  return new Promise((resolve) => {
    const stop = store.subscribe((mounted) => {
      if (mounted === null) return;
      stop();
      resolve(mounted);
    });
  });
}
