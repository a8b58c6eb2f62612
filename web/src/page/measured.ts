/**
 * Lets benchmarks/web measure the page: hangs what it asks of any page on `window`. Loaded only where the address says
 * `?measure`.
 */

import type { App } from "../editor/app";
import type { Viewport } from "../editor/editor";
import { activeTab } from "../editor/workspace";
import { openText } from "../files/open";
import { addClass } from "../nodes/add-class";

export function offerMeasuring(app: App): void {
  Object.assign(window, {
    measuredPage: {
      load: (workflow: unknown) => openText(app, "Measured", JSON.stringify(workflow)),
      setViewport: (viewport: Viewport) => activeTab(app.workspace.getState())?.editor.look(viewport),
      addNode: () => {
        const surface = app.surface.getState();
        if (surface) addClass(surface, "CheckpointLoaderSimple", { x: 380, y: 700 }, null);
      },
    },
  });
}
