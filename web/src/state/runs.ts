/** The runs this page follows, and the preview of the one in progress. Written only by what the server sends. */

import { create } from "zustand";

import type { RunEvent } from "../protocol/events";
import { applyEvent, isOver, waitingRun, type Run } from "./run";

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
  /** The server has taken the job in. Its events may have come before. */
  accepted(job: string): void {
    const { runs: known } = useRuns.getState();
    if (!known.has(job)) useRuns.setState({ runs: new Map(known).set(job, waitingRun(job)) });
  },

  hear(event: RunEvent): void {
    const { runs: known, preview } = useRuns.getState();
    const run = applyEvent(known.get(event.job) ?? waitingRun(event.job), event);
    useRuns.setState({ runs: new Map(known).set(event.job, run) });
    if (isOver(run) && preview?.job === run.job) showPreview(null);
  },

  preview(job: string, node: string, image: Blob): void {
    const run = useRuns.getState().runs.get(job);
    if (run && isOver(run)) return;
    showPreview({ job, node, url: URL.createObjectURL(image) });
  },
};

function showPreview(next: Preview | null): void {
  const last = useRuns.getState().preview;
  useRuns.setState({ preview: next });
  if (last) URL.revokeObjectURL(last.url);
}

export function useRun(job: string | null): Run | null {
  return useRuns((state) => (job === null ? null : (state.runs.get(job) ?? null)));
}
