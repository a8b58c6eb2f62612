/** The jobs that have ended, as far as they were asked for: a page at a time, and those that end meanwhile. */

import { useCallback, useEffect, useRef, useState } from "react";

import { fetchEnded } from "../client/http";
import type { JobView } from "../protocol/schema";
import { useRuns, type Runs } from "../state/runs";
import { useServer } from "../state/server";

const PAGE = 30;

export interface History {
  readonly jobs: readonly JobView[];
  /** Nothing was told yet; or the server could not be asked. */
  readonly state: "loading" | "known" | "failed";
  /** Whether there are earlier ones. */
  readonly more: boolean;
  /** Ask for earlier ones. */
  readonly readOn: () => void;
  /** Ask for the latest again, as after something was deleted. */
  readonly refresh: () => void;
}

interface Known extends Pick<History, "jobs" | "state"> {
  readonly search: string;
  readonly next: string | null;
}

export function useHistory(search: string): History {
  const [known, setKnown] = useState<Known>({ search, jobs: [], state: "loading", next: null });
  const [asked, setAsked] = useState(0);
  const reading = useRef(false);
  const ended = useRuns(latestEnd);
  const link = useServer((server) => server.link);

  useEffect(() => {
    const asking = new AbortController();
    void fetchEnded({ search, limit: PAGE }, asking.signal).then((page) => {
      if (asking.signal.aborted) return;
      if (page === null) setKnown((before) => ({ ...before, state: "failed" }));
      else setKnown((before) => withLatest(before, search, page));
    });
    return () => {
      asking.abort();
    };
    // Asked anew when a run has ended and when the server is back.
  }, [search, asked, ended, link]);

  const { next } = known;
  const readOn = useCallback(() => {
    if (next === null || reading.current) return;
    reading.current = true;
    void fetchEnded({ search, limit: PAGE, before: next }).then((page) => {
      reading.current = false;
      if (page === null) return;
      setKnown((before) =>
        before.next === next ? { ...before, jobs: [...before.jobs, ...page.jobs], next: page.next ?? null } : before,
      );
    });
  }, [search, next]);

  const refresh = useCallback(() => {
    setAsked((times) => times + 1);
  }, []);
  return { jobs: known.jobs, state: known.state, more: next !== null, readOn, refresh };
}

/** When a run ended last, by the server's clock. Not how many have: the page forgets old ones as new ones come. */
function latestEnd({ runs }: Runs): number {
  return [...runs.values()].reduce((latest, { finishedAt }) => Math.max(latest, finishedAt ?? 0), 0);
}

/** The latest in the place of what was known of them; what was read on stays below. */
function withLatest(before: Known, search: string, page: { jobs: JobView[]; next?: string | undefined }): Known {
  const next = page.next ?? null;
  const anew: Known = { search, jobs: page.jobs, state: "known", next };
  if (before.search !== search || before.jobs.length <= PAGE || next === null) return anew;
  const last = page.jobs.at(-1)?.job;
  const at = before.jobs.findIndex(({ job }) => job === last);
  return at < 0 ? anew : { ...anew, jobs: [...page.jobs, ...before.jobs.slice(at + 1)], next: before.next };
}
