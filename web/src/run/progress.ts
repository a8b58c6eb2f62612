/** The run in progress that the header tells of, with how far it is and how long it will still take. */

import { useStore } from "zustand";
import { useShallow } from "zustand/shallow";

import { useActiveTab, useApp } from "../editor/app";
import type { Tab } from "../editor/workspace";
import { progressOf, type Run } from "../state/run";
import { useRuns } from "../state/runs";
import { remaining, type Remaining } from "./remaining";

/** The run in progress: that of the tab that is shown before those of others, and those of this page before the rest. */
export function useCurrentRun(): Run | null {
  const { workspace } = useApp();
  const tab = useActiveTab();
  const tabs = useStore(workspace, ({ tabs }) => tabs);
  return useRuns(({ runs }) => currentRun(runs, tab, tabs));
}

export function currentRun(runs: ReadonlyMap<string, Run>, tab: Tab | null, tabs: readonly Tab[]): Run | null {
  const running = [...runs.values()].filter(({ phase }) => phase === "running");
  const of = (one: Tab): Run | undefined => running.find(({ job }) => one.jobs.includes(job));
  for (const one of tab ? [tab, ...tabs] : tabs) {
    const run = of(one);
    if (run) return run;
  }
  return running[0] ?? null;
}

export interface Progress {
  readonly share: number;
  readonly remaining: Remaining | null;
}

/** How far a run is, seen from the former runs of its workflow. */
export function useProgress(run: Run | null): Progress {
  const tabs = useStore(useApp().workspace, ({ tabs }) => tabs);
  const jobs = run ? (tabs.find((tab) => tab.jobs.includes(run.job))?.jobs ?? []) : [];
  const earlier = useRuns(
    useShallow(({ runs }) => jobs.map((job) => runs.get(job)).filter((one) => one !== undefined && one !== run)),
  );
  if (!run) return { share: 0, remaining: null };
  return { share: progressOf(run), remaining: remaining(run, earlier as Run[]) };
}
