/**
 * What is known of one run, and how each event changes it. Pure: no socket, no clock, no store.
 * Nothing but the server's events ever changes a run.
 */

import type { RunEvent } from "../protocol/events";
import type { Failure, JobView } from "../protocol/schema";

export type NodePhase = "running" | "done" | "cached" | "failed" | "blocked";

export interface NodeRun {
  readonly phase: NodePhase;
  /** Steps done of steps in all; null when the node does not say. */
  readonly steps: { readonly value: number; readonly total: number } | null;
  readonly seconds: number | null;
  /** Why it was blocked. */
  readonly message: string | null;
}

export type RunPhase = "waiting" | "running" | "done" | "failed" | "cancelled";

/** A file the server made, as `/view` names it. */
export interface Picture {
  readonly node: string;
  readonly filename: string;
  readonly subfolder: string;
  readonly type: string;
}

export interface Run {
  readonly job: string;
  readonly phase: RunPhase;
  readonly nodes: ReadonlyMap<string, NodeRun>;
  readonly pictures: readonly Picture[];
  readonly failure: Failure | null;
  /** Why the first attempt came to nothing, when this is the second. */
  readonly interruption: string | null;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
}

export function waitingRun(job: string): Run {
  return {
    job,
    phase: "waiting",
    nodes: new Map(),
    pictures: [],
    failure: null,
    interruption: null,
    startedAt: null,
    finishedAt: null,
  };
}

export function applyEvent(run: Run, event: RunEvent): Run {
  switch (event.type) {
    case "job_queued":
      return waitingRun(run.job);
    case "job_moved":
    case "job_taken":
    case "queue_paused":
    case "queue_resumed":
      return run;
    case "job_requeued":
      return { ...waitingRun(run.job), interruption: event.reason };
    case "job_removed":
      return { ...run, phase: "cancelled" };
    case "job_started":
      return { ...waitingRun(run.job), phase: "running", startedAt: event.at, interruption: run.interruption };
    case "nodes_cached":
      return { ...run, nodes: withNodes(run, event.nodes, { phase: "cached" }) };
    case "node_started":
      return { ...run, nodes: withNodes(run, [event.node], { phase: "running" }) };
    case "node_progress": {
      const steps = { value: event.value, total: event.total };
      return { ...run, nodes: withNodes(run, [event.node], { steps }) };
    }
    case "node_output":
      return { ...run, pictures: [...run.pictures, ...picturesOf(event.node, event.ui)] };
    case "node_blocked": {
      const change = { phase: "blocked", message: event.message } as const;
      return { ...run, nodes: withNodes(run, [event.node], change) };
    }
    case "node_finished":
      return { ...run, nodes: withNodes(run, [event.node], { phase: "done", seconds: event.seconds }) };
    case "job_finished": {
      const failure = event.failure ?? null;
      const still = new Map([...run.nodes].filter(([, node]) => node.phase !== "running"));
      const nodes = failure?.node ? withNodes({ ...run, nodes: still }, [failure.node], { phase: "failed" }) : still;
      return { ...run, phase: event.outcome, failure, nodes, finishedAt: event.at };
    }
  }
}

/** The run as it stands, when its events are no longer to be had: without steps, and without what was cached. */
export function runFromView({ job, state, started, finished, seconds = {}, result }: JobView): Run {
  const nodes = Object.entries(seconds).map(
    ([id, took]) => [id, { ...UNKNOWN, phase: "done", seconds: took }] as const,
  );
  const images = (result?.files ?? []).filter(({ kind }) => kind === "images");
  return {
    ...waitingRun(job),
    phase: state === "queued" ? "waiting" : state,
    nodes: new Map(nodes),
    pictures: images.map(({ node, filename, subfolder, type }) => ({ node, filename, subfolder, type })),
    failure: result?.error ?? null,
    startedAt: started ?? null,
    finishedAt: finished ?? null,
  };
}

/** How much of the run is done, 0 to 1, every node counting the same. `total`: the nodes that can run. */
export function progressOf(run: Run, total: number): number {
  if (run.phase === "done") return 1;
  let done = 0;
  for (const node of run.nodes.values()) done += node.phase === "running" ? fractionOf(node) : 1;
  return Math.min(1, done / Math.max(total, run.nodes.size, 1));
}

/** How many nodes have come to an end. */
export function nodesOver(run: Run): number {
  return [...run.nodes.values()].filter(({ phase }) => phase !== "running").length;
}

/** 0 to 1; 0 when the node does not say. */
export function fractionOf(node: NodeRun): number {
  return node.steps && node.steps.total > 0 ? Math.min(1, node.steps.value / node.steps.total) : 0;
}

export function isOver(run: Run): boolean {
  return run.phase === "done" || run.phase === "failed" || run.phase === "cancelled";
}

const UNKNOWN: NodeRun = { phase: "running", steps: null, seconds: null, message: null };

function withNodes(run: Run, ids: readonly string[], change: Partial<NodeRun>): ReadonlyMap<string, NodeRun> {
  const nodes = new Map(run.nodes);
  for (const id of ids) nodes.set(id, { ...(nodes.get(id) ?? UNKNOWN), ...change });
  return nodes;
}

/** A node shows pictures as `{"images": [{filename, subfolder, type}]}`; anything else it shows is left out here. */
function picturesOf(node: string, ui: Record<string, unknown>): Picture[] {
  const images = ui.images;
  if (!Array.isArray(images)) return [];
  return images.filter(isFile).map(({ filename, subfolder, type }) => ({ node, filename, subfolder, type }));
}

function isFile(value: unknown): value is Omit<Picture, "node"> {
  return typeof value === "object" && value !== null && "filename" in value && "subfolder" in value && "type" in value;
}
