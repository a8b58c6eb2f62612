/** The runs this page follows, and the preview of the one in progress. Written only by what the server sends. */

import { create } from "zustand";

import type { RunEvent } from "../protocol/events";
import type { JobView, NodePreview } from "../protocol/schema";
import { applyEvent, isOver, runFromView, waitingRun, type Run } from "./run";

export interface Preview {
  readonly job: string;
  readonly node: string;
  /** An object URL; it is valid until the next preview or the end of the run. */
  readonly url: string;
}

interface Runs {
  readonly runs: ReadonlyMap<string, Run>;
  readonly preview: Preview | null;
}

export const useRuns = create<Runs>()(() => ({ runs: new Map(), preview: null }));

export const runs = {
  /** Take in what the server says of this job from now on. Other jobs are passed over. */
  follow(job: string): void {
    const { runs: known } = useRuns.getState();
    if (!known.has(job)) useRuns.setState({ runs: new Map(known).set(job, waitingRun(job)) });
  },

  /** The server refused the job. */
  forget(job: string): void {
    const known = new Map(useRuns.getState().runs);
    known.delete(job);
    useRuns.setState({ runs: known });
  },

  hear(event: RunEvent): void {
    const run = useRuns.getState().runs.get(event.job);
    if (run) put(applyEvent(run, event));
  },

  /** Events were missed: this is how the job stands. */
  restore(view: JobView): void {
    put(runFromView(view));
  },

  preview({ job, node, mime, image }: NodePreview): void {
    const run = useRuns.getState().runs.get(job);
    if (!run || isOver(run)) return;
    const bytes = Uint8Array.from(atob(image), (character) => character.charCodeAt(0));
    showPreview({ job, node, url: URL.createObjectURL(new Blob([bytes], { type: mime })) });
  },
};

function put(run: Run): void {
  const { runs: known, preview } = useRuns.getState();
  useRuns.setState({ runs: new Map(known).set(run.job, run) });
  if (isOver(run) && preview?.job === run.job) showPreview(null);
}

function showPreview(next: Preview | null): void {
  const last = useRuns.getState().preview;
  useRuns.setState({ preview: next });
  if (last) URL.revokeObjectURL(last.url);
}

/** Of the runs of these jobs, the one to look at: the first that is not over, else the last. */
export function shownRun(known: ReadonlyMap<string, Run>, jobs: readonly string[]): Run | null {
  const asked = jobs.map((job) => known.get(job)).filter((run) => run !== undefined);
  return asked.find((run) => !isOver(run)) ?? asked.at(-1) ?? null;
}
