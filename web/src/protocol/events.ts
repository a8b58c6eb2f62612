/**
 * Everything a run tells the world; mirrors `nodegraph/execution/events.py` and what `nodegraph/server/events.py`
 * adds, field by field.
 *
 * Optional fields are left out on the wire when they have their default. Times are Unix seconds.
 */

/** A job was accepted and is on disk. `number`: its place in the queue, lower first. */
export interface JobQueued {
  type: "job_queued";
  job: string;
  number: number;
  client?: string;
}

/** A worker was given the job. `attempt` counts from 1; a second one follows when the worker died. */
export interface JobTaken {
  type: "job_taken";
  job: string;
  attempt: number;
  client?: string;
}

/** The worker was lost while it had the job, which will run again from the start. */
export interface JobRequeued {
  type: "job_requeued";
  job: string;
  reason: string;
}

/** A waiting job was cancelled. */
export interface JobRemoved {
  type: "job_removed";
  job: string;
}

export interface JobStarted {
  type: "job_started";
  job: string;
  at: number;
}

export interface NodesCached {
  type: "nodes_cached";
  job: string;
  nodes: string[];
  at: number;
}

export interface NodeStarted {
  type: "node_started";
  job: string;
  node: string;
  display: string;
  parent?: string;
}

export interface NodeProgress {
  type: "node_progress";
  job: string;
  node: string;
  value: number;
  total: number;
}

/** A picture of work in progress; `image` is base64. */
export interface NodePreview {
  type: "node_preview";
  job: string;
  node: string;
  display: string;
  mime: string;
  image: string;
}

export interface NodeOutput {
  type: "node_output";
  job: string;
  node: string;
  display: string;
  ui: Record<string, unknown>;
  cached?: boolean;
}

export interface NodeBlocked {
  type: "node_blocked";
  job: string;
  node: string;
  class_id: string;
  message: string;
}

export interface NodeFinished {
  type: "node_finished";
  job: string;
  node: string;
  seconds: number;
}

export interface Failure {
  message: string;
  kind: string;
  node?: string;
  class_id?: string;
  traceback?: string[];
  inputs?: Record<string, unknown[]>;
  user_error?: boolean;
}

export interface JobFinished {
  type: "job_finished";
  job: string;
  outcome: "done" | "failed" | "cancelled";
  at: number;
  executed?: string[];
  failure?: Failure;
  node?: string;
  class_id?: string;
}

/** All that changes what is known of a run; a preview does not. */
export type RunEvent =
  | JobQueued
  | JobTaken
  | JobRequeued
  | JobRemoved
  | JobStarted
  | NodesCached
  | NodeStarted
  | NodeProgress
  | NodeOutput
  | NodeBlocked
  | NodeFinished
  | JobFinished;
