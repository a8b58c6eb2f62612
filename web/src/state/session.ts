/** What the person at this page is doing: the workflow they opened and how queueing it went. Holds nothing of a run. */

import { create } from "zustand";

import type { NodeProblems, Problem } from "../protocol/messages";
import type { Workflow, WorkflowFileError } from "../workflow/workflow";

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
  submitting: null,
  submitLost: false,
  cancelling: null,
  refusal: null,
  warnings: [],
};

export const useSession = create<Session>()(() => nothing);

export const session = {
  opened(workflow: Workflow): void {
    useSession.setState({ ...nothing, workflow });
  },
  openFailed(openFailure: OpenFailure | null): void {
    useSession.setState({ openFailure });
  },
  submitting(job: string): void {
    useSession.setState({ submitting: job, submitLost: false, refusal: null, warnings: [] });
  },
  accepted(job: string, problems: Refusal["problems"] = {}, warnings: readonly string[] = []): void {
    const refusal = Object.keys(problems).length > 0 ? { error: null, problems } : null;
    useSession.setState(({ jobs }) => ({ jobs: [...jobs, job], submitting: null, refusal, warnings }));
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
