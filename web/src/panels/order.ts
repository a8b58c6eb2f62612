/** The order of a list that is being sorted by hand. */

import type { QueuedJob } from "../protocol/schema";

export function moved<T>(list: readonly T[], from: number, to: number): readonly T[] {
  const rest = list.filter((_, index) => index !== from);
  return [...rest.slice(0, to), ...list.slice(from, from + 1), ...rest.slice(to)];
}

/**
 * What to tell the server of the job that now is at `index`: beside which one it is. Before what follows, since a job
 * gets the priority of its neighbour and the front is where it matters; the last one comes after the one before it.
 */
export function placeBeside(order: readonly QueuedJob[], index: number): { before: string } | { after: string } | null {
  const next = order[index + 1];
  if (next) return { before: next.job };
  const last = order[index - 1];
  return last ? { after: last.job } : null;
}
