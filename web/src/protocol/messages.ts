/**
 * What the page and the server say to each other over `/api/v1/ws`, one JSON object a message; mirrors
 * `nodegraph/server/api_v1/messages.py`. Fields that have their default are left out on the wire.
 */

import type { Failure, JobFinished, NodePreview, RunEvent } from "./events";

/** One thing that is wrong with an input, with a node, or with the workflow as a whole. */
export interface Problem {
  type: string;
  message: string;
  details: string;
  extra_info: Record<string, unknown>;
}

export interface NodeProblems {
  errors: Problem[];
  dependent_outputs: string[];
  class_type: string;
}

// ---- from the page ----

/** The workflow itself is added as text, by `submitText`. */
export interface Submit {
  type: "submit";
  id: string;
  job: string;
  /** Send this job's events to this socket; the subscription sends those of all jobs anyway. */
  events: boolean;
}

export interface Cancel {
  type: "cancel";
  job: string;
}

export interface Subscribe {
  type: "subscribe";
  after: number;
  previews: boolean;
}

// ---- from the server ----

/** The first message. `last` is the number of the latest event. */
export interface Hello {
  type: "hello";
  version: string;
  last: number;
}

/** The job is queued and on disk. `problems` are of outputs that were left out because they cannot run. */
export interface Accepted {
  type: "accepted";
  job: string;
  number: number;
  id?: string;
  problems?: Record<string, NodeProblems>;
  warnings?: string[];
}

/** The workflow cannot run: `error` says why, `problems` what is wrong with each node. */
export interface Rejected {
  type: "rejected";
  error: Problem;
  id?: string;
  problems?: Record<string, NodeProblems>;
  warnings?: string[];
}

export interface Cancelling {
  type: "cancelling";
  job: string;
  found: boolean;
}

export interface Subscribed {
  type: "subscribed";
  after: number;
}

/** Events between `after` and `next` are no longer kept: the present state is to be fetched. */
export interface Gap {
  type: "gap";
  after: number;
  next: number;
}

/** Numbers rise by one over all jobs; previews have the number 0. */
export interface Happened {
  type: "event";
  number: number;
  event: RunEvent | NodePreview;
}

/** What came of a job. The events have told it already. */
export interface Result {
  type: "result";
  job: string;
  outcome: JobFinished["outcome"];
  files?: OutputFile[];
  error?: Failure;
}

export interface OutputFile {
  node: string;
  kind: string;
  filename: string;
  subfolder: string;
  type: string;
  url: string;
}

/** A message could not be read or carried out. */
export interface Malformed {
  type: "error";
  message: string;
  id?: string;
}

export type ServerMessage = Hello | Accepted | Rejected | Cancelling | Subscribed | Gap | Happened | Result | Malformed;

// ---- over plain HTTP ----

/** `GET /api/v1/jobs/{job}` */
export interface JobView {
  job: string;
  state: "queued" | "running" | "done" | "failed" | "cancelled";
  started?: number;
  finished?: number;
  seconds?: Record<string, number>;
  result?: Omit<Result, "type">;
}

/** `GET /api/v1/status`. `trouble` says why there is no worker, if there is none. */
export interface ServerStatus {
  version: string;
  worker_ready: boolean;
  trouble: string;
  running: string[];
  queued: string[];
  last_event: number;
  torch_version: string;
  devices: string[];
  pack_failures: string[];
}
