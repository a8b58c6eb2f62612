/** Follows the runs of one tab and keeps what they say of its nodes, for the canvas. */

import { shallow } from "zustand/shallow";
import { createStore } from "zustand/vanilla";

import type { NodeOverlay, OverlayStore } from "../canvas/overlay";
import type { App } from "../editor/app";
import { askedOf, useAsked } from "../state/asked";
import { nextFrame } from "../state/frame";
import type { Picture, Run } from "../state/run";
import { useRuns } from "../state/runs";
import { keepEqual, overlaysOf, type Told } from "./node-overlays";

/** The overlay lives as long as the tab is open. */
export function createOverlay(app: Pick<App, "workspace" | "settings">, tab: { readonly id: string }): OverlayStore {
  const store: OverlayStore = createStore<ReadonlyMap<string, NodeOverlay>>(() => new Map());
  const album = new Album();

  const update = (): void => {
    const open = app.workspace.getState().tabs.find(({ id }) => id === tab.id);
    if (!open) {
      end();
      return;
    }
    const { runs, previews } = useRuns.getState();
    const known = open.jobs.map((job) => runs.get(job)).filter((run) => run !== undefined);
    const run = runToShow(known);
    const overlays = overlaysOf({
      run,
      preview: run && app.settings.getState().previews ? (previews.get(run.job) ?? null) : null,
      refusal: askedOf(useAsked.getState(), tab.id).refusal,
      ...album.take(known),
    });
    store.setState(keepEqual(store.getState(), overlays), true);
  };

  const frame = nextFrame(update);
  const unsubscribe = [useRuns, useAsked, app.workspace, app.settings].map((followed) =>
    followed.subscribe(() => {
      frame.ask();
    }),
  );
  const end = (): void => {
    frame.cancel();
    for (const stop of unsubscribe) stop();
  };
  update();
  return store;
}

/** The run in progress, else the last that came to an end: one that still waits has nothing to say. */
function runToShow(runs: readonly Run[]): Run | null {
  return runs.find(({ phase }) => phase === "running") ?? runs.findLast(({ phase }) => phase !== "waiting") ?? null;
}

/** What each node showed the last time it ran, over several runs; told anew only where one has shown more. */
class Album {
  private from: readonly unknown[] = [];
  private shown: Pick<Told, "pictures" | "texts"> = { pictures: new Map(), texts: new Map() };

  take(runs: readonly Run[]): Pick<Told, "pictures" | "texts"> {
    const pictures = runs.map((run) => run.pictures).filter(({ length }) => length > 0);
    const texts = runs.map((run) => run.texts).filter(({ size }) => size > 0);
    const from = [...pictures, ...texts];
    if (!shallow(from, this.from)) {
      this.from = from;
      this.shown = {
        pictures: new Map(pictures.flatMap(byNode)),
        texts: new Map(texts.flatMap((said) => [...said])),
      };
    }
    return this.shown;
  }
}

function byNode(pictures: readonly Picture[]): [node: string, pictures: readonly Picture[]][] {
  const nodes = new Set(pictures.map(({ node }) => node));
  return Array.from(nodes, (node) => [node, pictures.filter((picture) => picture.node === node)]);
}
