/** The run that this page shows, of all it asked for. */

import type { Run } from "./run";
import { shownRun, useRuns } from "./runs";
import { useSession } from "./session";

export function useShownRun(): Run | null {
  const jobs = useSession((session) => session.jobs);
  return useRuns((state) => shownRun(state.runs, jobs));
}
