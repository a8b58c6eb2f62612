/** What the page and the server say to each other over `/api/v1/ws`; mirrors `nodegraph/server/api_v1`. */

/** One thing that is wrong with one input, or with a node as a whole. */
export interface Problem {
  type: string;
  message: string;
  details: string;
  extra_info?: Record<string, unknown>;
}

export interface NodeProblems {
  errors: Problem[];
  dependent_outputs: string[];
  class_type: string;
}

/** Why a workflow, or a part of it, does not run. */
export interface Rejection {
  error: Problem | null;
  node_errors: Record<string, NodeProblems>;
}
