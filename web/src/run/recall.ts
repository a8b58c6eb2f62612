/** Has the page learn how the runs of its tabs stand that it has not heard of, as after it was opened again. */

import type { App } from "../editor/app";
import { useRuns } from "../state/runs";
import { useServer } from "../state/server";

/** Of each tab its latest runs; the history has them all. */
const RECALLED = 30;

export function recallRuns({ client, workspace }: Pick<App, "client" | "workspace">): void {
  /** What was asked for; a job that the server has forgotten is not asked for again. */
  const asked = new Set<string>();
  const recall = (): void => {
    if (useServer.getState().link !== "open") return;
    const { runs } = useRuns.getState();
    const jobs = workspace.getState().tabs.flatMap((tab) => tab.jobs.slice(-RECALLED));
    const unknown = jobs.filter((job) => !runs.has(job) && !asked.has(job));
    for (const job of unknown) asked.add(job);
    if (unknown.length > 0) void client.recall(unknown);
  };
  workspace.subscribe(recall);
  useServer.subscribe((now, before) => {
    if (now.link !== before.link) recall();
  });
  recall();
}
