/** How a person has runs queued: how many at once, and whether by itself. Kept in the browser. */

import { create } from "zustand";
import { persist } from "zustand/middleware";

/** `change`: whenever what would run has changed; `instant`: again as soon as a run is done. */
export const AUTO_MODES = ["off", "change", "instant"] as const;
export type AutoMode = (typeof AUTO_MODES)[number];

export const MOST_AT_ONCE = 100;

interface RunSettings {
  readonly count: number;
  readonly auto: AutoMode;
}

export const useRunSettings = create<RunSettings>()(
  persist((): RunSettings => ({ count: 1, auto: "off" }), {
    name: "nodegraph.run",
    version: 1,
    // A page that begins to run things by itself when it is opened would surprise.
    partialize: ({ count }) => ({ count }),
  }),
);
