/** What the person at this page is doing: the workflow they opened and how queueing it went. Holds nothing of a run. */

import { create } from "zustand";

import type { Rejection } from "../protocol/messages";
import type { Workflow, WorkflowFileError } from "../workflow/workflow";

export interface OpenFailure {
  readonly file: string;
  readonly reason: WorkflowFileError["reason"];
}

interface Session {
  readonly workflow: Workflow | null;
  readonly openFailure: OpenFailure | null;
  /** The run this page asked for last. */
  readonly job: string | null;
  readonly submitting: boolean;
  readonly cancelling: boolean;
  /** Why the workflow was not accepted, or which part of it was left out. */
  readonly rejection: Rejection | null;
  readonly warnings: readonly string[];
}

const nothing: Session = {
  workflow: null,
  openFailure: null,
  job: null,
  submitting: false,
  cancelling: false,
  rejection: null,
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
  submitting(): void {
    useSession.setState({ submitting: true, rejection: null, warnings: [] });
  },
  accepted(job: string, rejection: Rejection | null, warnings: readonly string[]): void {
    useSession.setState({ submitting: false, cancelling: false, job, rejection, warnings });
  },
  rejected(rejection: Rejection): void {
    useSession.setState({ submitting: false, rejection });
  },
  submitLost(): void {
    useSession.setState({ submitting: false });
  },
  cancelling(): void {
    useSession.setState({ cancelling: true });
  },
  dismissRemarks(): void {
    useSession.setState({ rejection: null, warnings: [] });
  },
};
