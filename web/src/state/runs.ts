/**
 * The runs the page has heard of, those of other clients too, and the previews of those in progress. Written only by
 * what the server sends.
 *
 * A run of cheap nodes makes thousands of events. They are taken in together, once a frame, so that whoever shows a run
 * does so once a frame as well.
 */

import { create } from "zustand";

import type { RunEvent } from "../protocol/events";
import type { JobView, NodePreview } from "../protocol/schema";
import { nextFrame } from "./frame";
import { applyEvent, isOver, runFromView, waitingRun, type Run } from "./run";

export interface Preview {
  readonly node: string;
  /** An object URL; it is valid until the next preview or the end of the run. */
  readonly url: string;
}

export interface Runs {
  /** In the order in which they were heard of. */
  readonly runs: ReadonlyMap<string, Run>;
  /** By job. */
  readonly previews: ReadonlyMap<string, Preview>;
}

export const useRuns = create<Runs>()(() => ({ runs: new Map(), previews: new Map() }));

/** Of runs that are over, so many are kept; the server knows them all. */
const KEPT = 500;

/** What was heard and not taken in yet, with the moment (in seconds). */
let heard: { readonly event: RunEvent; readonly at: number }[] = [];
let previews = new Map<string, NodePreview>();

const frame = nextFrame(() => {
  runs.takeIn();
});

export const runs = {
  hear(event: RunEvent): void {
    if (event.job === "") return;
    heard.push({ event, at: performance.now() / 1000 });
    frame.ask();
  },

  preview(preview: NodePreview): void {
    previews.set(preview.job, preview);
    frame.ask();
  },

  /** Events were missed: this is how the job stands. */
  restore(view: JobView): void {
    runs.takeIn();
    publish(new Map(useRuns.getState().runs).set(view.job, runFromView(view)));
  },

  /** Take in all that was heard so far, without waiting for the frame. */
  takeIn(): void {
    frame.cancel();
    const events = heard;
    const latest = previews;
    heard = [];
    previews = new Map();
    if (events.length === 0 && latest.size === 0) return;
    const known = new Map(useRuns.getState().runs);
    for (const { event, at } of events) {
      known.set(event.job, applyEvent(known.get(event.job) ?? waitingRun(event.job), event, at));
    }
    publish(known, latest);
  },
};

function publish(known: Map<string, Run>, latest: ReadonlyMap<string, NodePreview> = new Map()): void {
  let over = [...known.values()].filter(isOver).length;
  for (const run of known.values()) {
    if (over <= KEPT) break;
    if (isOver(run) && known.delete(run.job)) over -= 1;
  }
  const { previews: before } = useRuns.getState();
  const shown = new Map([...before].filter(([job]) => !latest.has(job) && inProgress(known, job)));
  for (const [job, preview] of latest) if (inProgress(known, job)) shown.set(job, pictureOf(preview));
  useRuns.setState({ runs: known, previews: shown });
  for (const [job, { url }] of before) if (shown.get(job)?.url !== url) URL.revokeObjectURL(url);
}

function inProgress(known: ReadonlyMap<string, Run>, job: string): boolean {
  const run = known.get(job);
  return run !== undefined && !isOver(run);
}

function pictureOf({ display, mime, image }: NodePreview): Preview {
  const bytes = Uint8Array.from(atob(image), (character) => character.charCodeAt(0));
  return { node: display, url: URL.createObjectURL(new Blob([bytes], { type: mime })) };
}

/** Of the runs of these jobs, the one to look at: the first that is not over, else the last. */
export function shownRun(known: ReadonlyMap<string, Run>, jobs: readonly string[]): Run | null {
  const asked = jobs.map((job) => known.get(job)).filter((run) => run !== undefined);
  return asked.find((run) => !isOver(run)) ?? asked.at(-1) ?? null;
}
