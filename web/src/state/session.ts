/**
 * What the person at this page is doing: the workflow they opened and how queueing it went. Holds nothing of a run.
 * The workflow and the names of its runs outlast a reload of the page.
 */

import { create } from "zustand";
import { persist } from "zustand/middleware";

import type { NodeProblems, Problem } from "../protocol/schema";
import { withNextSeeds } from "../workflow/seeds";
import type { Workflow, WorkflowFileError } from "../workflow/workflow";
import { tabStorage } from "./tab";

export interface OpenFailure {
  readonly file: string;
  readonly reason: WorkflowFileError["reason"];
}

/** Why a workflow does not run, or (`error` null) which part of it was left out. */
export interface Refusal {
  readonly error: Problem | null;
  readonly problems: Readonly<Record<string, NodeProblems>>;
}

interface Session {
  readonly workflow: Workflow | null;
  readonly openFailure: OpenFailure | null;
  /** The runs of this workflow that this page asked for, first to last. */
  readonly jobs: readonly string[];
  /** The number of an event before the first of those runs, to hear them from the start again; null without runs. */
  readonly since: number | null;
  /** The run it is asking for; the server has not answered yet. */
  readonly submitting: string | null;
  /** The connection dropped before the server had taken the workflow in. */
  readonly submitLost: boolean;
  /** The run it has asked to stop. */
  readonly cancelling: string | null;
  readonly refusal: Refusal | null;
  readonly warnings: readonly string[];
}

const nothing: Session = {
  workflow: null,
  openFailure: null,
  jobs: [],
  since: null,
  submitting: null,
  submitLost: false,
  cancelling: null,
  refusal: null,
  warnings: [],
};

export const useSession = create<Session>()(
  persist(() => nothing, {
    name: "nodegraph.session",
    version: 1,
    storage: tabStorage,
    partialize: ({ workflow, jobs, since, submitting }) => ({ workflow, jobs, since, submitting }),
  }),
);

export const session = {
  opened(workflow: Workflow): void {
    useSession.setState({ ...nothing, workflow });
  },
  closed(): void {
    useSession.setState(nothing);
  },
  openFailed(openFailure: OpenFailure | null): void {
    useSession.setState({ openFailure });
  },
  /** `last`: the number of the latest event heard. */
  submitting(job: string, last: number | null): void {
    useSession.setState(({ since }) => ({
      submitting: job,
      since: since ?? last,
      submitLost: false,
      openFailure: null,
      refusal: null,
      warnings: [],
    }));
  },
  accepted(job: string, problems: Refusal["problems"] = {}, warnings: readonly string[] = []): void {
    const refusal = Object.keys(problems).length > 0 ? { error: null, problems } : null;
    useSession.setState(({ workflow, jobs, submitting }) => ({
      workflow: workflow !== null && submitting === job ? withNextSeeds(workflow) : workflow,
      jobs: [...jobs, job],
      submitting: null,
      refusal,
      warnings,
    }));
  },
  rejected(refusal: Refusal): void {
    useSession.setState({ submitting: null, refusal });
  },
  submitLost(): void {
    useSession.setState({ submitting: null, submitLost: true });
  },
  cancelling(job: string): void {
    useSession.setState({ cancelling: job });
  },
  dismissRemarks(): void {
    useSession.setState({ refusal: null, warnings: [] });
  },
};
