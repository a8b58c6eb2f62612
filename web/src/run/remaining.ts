/**
 * How long a run will still take, told from the pace of its steps and from how long its nodes took before. Pure; says
 * nothing rather than something made up.
 */

import type { NodeRun, Run } from "../state/run";

/** `all`: the whole run is meant, not only the node that runs. */
export interface Remaining {
  readonly seconds: number;
  readonly all: boolean;
}

/** `earlier`: former runs of the same workflow, first to last. Null: there is nothing to tell it from. */
export function remaining(run: Run, earlier: readonly Run[]): Remaining | null {
  let [now, later] = [0, 0];
  let [knowsNow, knowsLater, running] = [true, true, false];
  for (const [id, node] of run.nodes) {
    if (node.phase !== "running" && node.phase !== "waiting") continue;
    const before = secondsBefore(id, earlier);
    if (node.phase === "running") {
      running = true;
      const left = leftOf(node, before);
      now += left ?? 0;
      knowsNow &&= left !== null;
    } else {
      later += before ?? 0;
      knowsLater &&= before !== null;
    }
  }
  if (!running || !knowsNow) return null;
  return knowsLater ? { seconds: now + later, all: true } : { seconds: now, all: false };
}

/** Of the node that runs. A node that tells no steps is half done, for all that is known. */
function leftOf({ steps, pace }: NodeRun, before: number | null): number | null {
  if (steps && pace?.perStep) return (steps.total - steps.value) * pace.perStep;
  if (before === null) return null;
  return steps && steps.total > 0 ? before * (1 - steps.value / steps.total) : before / 2;
}

function secondsBefore(id: string, earlier: readonly Run[]): number | null {
  for (const run of earlier.toReversed()) {
    const seconds = run.nodes.get(id)?.seconds;
    if (seconds !== null && seconds !== undefined) return seconds;
  }
  return null;
}
