/** What runs say of the nodes of each tab, begun when the tab is first shown. */

import type { OverlayStore } from "../canvas/overlay";
import type { App } from "../editor/app";
import { createOverlay } from "../run/overlay";

export class Overlays {
  private readonly known = new Map<string, OverlayStore>();

  constructor(private readonly app: App) {}

  of(tab: string): OverlayStore {
    const known = this.known.get(tab);
    if (known) return known;
    const overlay = createOverlay(this.app, { id: tab });
    this.known.set(tab, overlay);
    const stop = this.app.workspace.subscribe(({ tabs }) => {
      if (tabs.some(({ id }) => id === tab)) return;
      this.known.delete(tab);
      stop();
    });
    return overlay;
  }
}
