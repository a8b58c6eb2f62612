/**
 * What is known of one run, and how each event changes it. Pure: no socket, no clock, no store.
 * Nothing but the server's events ever changes a run.
 */

import type { RunEvent } from "../protocol/events";
import type { Failure, JobView, Kept, NodeProgress, NodesCached, Result } from "../protocol/schema";

export type NodePhase = "waiting" | "running" | "done" | "cached" | "failed" | "blocked";

export interface NodeRun {
  readonly phase: NodePhase;
  /** The node of the workflow that it belongs to: itself, unless another one expanded to it. */
  readonly display: string;
  /** Steps done of steps in all; null when the node does not say. */
  readonly steps: { readonly value: number; readonly total: number } | null;
  readonly pace: Pace | null;
  readonly seconds: number | null;
  /** Why it was blocked. */
  readonly message: string | null;
  /** Where its result was kept, for `cached`. */
  readonly keptIn: Kept | null;
}

/** How fast the steps of a node come: when it was last told of one (by this page's clock), and seconds per step. */
export interface Pace {
  readonly at: number;
  readonly perStep: number | null;
}

export type RunPhase = "waiting" | "running" | "done" | "failed" | "cancelled";

/** A file the server made, as `/view` names it. */
export interface Picture {
  readonly node: string;
  readonly filename: string;
  readonly subfolder: string;
  readonly type: string;
  /** Which of two it is that are to be compared. */
  readonly side?: Side;
  /** Whose folders it is in, for an admin who looks at a job of somebody else. */
  readonly owner?: string;
}

export type Side = "a" | "b";

export interface Run {
  readonly job: string;
  readonly phase: RunPhase;
  readonly nodes: ReadonlyMap<string, NodeRun>;
  readonly pictures: readonly Picture[];
  /** What nodes say in words, by the node at which it is shown: while they run, and in the end what they were to show. */
  readonly texts: ReadonlyMap<string, string>;
  readonly failure: Failure | null;
  /** Why the first attempt came to nothing, when this is the second. */
  readonly interruption: string | null;
  /** By the server's clock, in seconds. */
  readonly queuedAt: number | null;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
}

export function waitingRun(job: string): Run {
  return {
    job,
    phase: "waiting",
    nodes: new Map(),
    pictures: [],
    texts: new Map(),
    failure: null,
    interruption: null,
    queuedAt: null,
    startedAt: null,
    finishedAt: null,
  };
}

/** `now`: seconds of any clock that does not jump, when the event was heard. */
export function applyEvent(run: Run, event: RunEvent, now = 0): Run {
  switch (event.type) {
    case "job_queued":
      return { ...waitingRun(run.job), queuedAt: event.at ?? null };
    case "job_moved":
    case "job_taken":
    case "queue_paused":
    case "queue_resumed":
      return run;
    case "job_requeued":
      return { ...waitingRun(run.job), queuedAt: run.queuedAt, interruption: event.reason };
    case "job_removed":
      return { ...run, phase: "cancelled", finishedAt: event.at ?? null };
    case "job_started": {
      const { queuedAt, interruption } = run;
      return { ...waitingRun(run.job), phase: "running", queuedAt, startedAt: event.at, interruption };
    }
    case "nodes_cached":
      return { ...run, nodes: planned(event) };
    case "node_started":
      return { ...run, nodes: withNode(run, event.node, { phase: "running", display: event.display }) };
    case "node_progress":
      return { ...run, nodes: withNode(run, event.node, stepped(run.nodes.get(event.node), event, now)) };
    case "node_text":
      return { ...run, texts: new Map(run.texts).set(event.display, event.text) };
    case "node_output": {
      const text = textOf(event.ui);
      const texts = text === null ? run.texts : new Map(run.texts).set(event.display, text);
      return { ...run, texts, pictures: [...run.pictures, ...picturesOf(event.display, event.ui)] };
    }
    case "node_blocked":
      return { ...run, nodes: withNode(run, event.node, { phase: "blocked", message: event.message }) };
    case "node_finished":
      return { ...run, nodes: withNode(run, event.node, { phase: "done", seconds: event.seconds }) };
    case "job_finished": {
      const failure = event.failure ?? null;
      // What was under way was stopped, and what still waited was not needed or will not come.
      const over = new Map([...run.nodes].filter(([, { phase }]) => phase !== "running" && phase !== "waiting"));
      const failed = failure?.node ? run.nodes.get(failure.node) : undefined;
      const nodes = failure?.node
        ? over.set(failure.node, { ...blank(failure.node), ...failed, phase: "failed" })
        : over;
      return { ...run, phase: event.outcome, failure, nodes, finishedAt: event.at };
    }
  }
}

/** The run as it stands, when its events are no longer to be had: as told by its story, and without steps. */
export function runFromView(view: JobView): Run {
  const { job, state, created, started, finished, seconds = {}, cached = [], milestones = [], result } = view;
  const told = milestones.filter((event) => event.type !== "node_preview");
  const run = told.reduce((so, event) => applyEvent(so, event), waitingRun(job));
  const nodes = new Map(run.nodes);
  // A list of jobs tells no story.
  if (milestones.length === 0) for (const id of cached) nodes.set(id, { ...blank(id), phase: "cached" });
  for (const [id, took] of Object.entries(seconds)) nodes.set(id, { ...blank(id), phase: "done", seconds: took });
  return {
    ...run,
    phase: state === "queued" ? "waiting" : state,
    nodes,
    pictures: picturesIn(result),
    texts: new Map([...run.texts, ...textsIn(result)]),
    failure: result?.error ?? null,
    queuedAt: created,
    startedAt: started ?? null,
    finishedAt: finished ?? null,
  };
}

/** The pictures that came of a job. */
export function picturesIn(result: Result | undefined): Picture[] {
  return (result?.files ?? []).flatMap(({ node, kind, filename, subfolder, type, url }) => {
    const owner = new URLSearchParams(url.slice(url.indexOf("?"))).get("owner");
    const more = KINDS.get(kind);
    return more ? [{ node, filename, subfolder, type, ...more, ...(owner !== null && { owner }) }] : [];
  });
}

function textsIn(result: Result | undefined): [node: string, text: string][] {
  return Object.entries(result?.outputs ?? {}).flatMap(([node, ui]): [string, string][] => {
    const text = typeof ui === "object" && ui !== null ? textOf(ui as Record<string, unknown>) : null;
    return text === null ? [] : [[node, text]];
  });
}

/** How much of the run is done, 0 to 1, every node that has to run counting the same. */
export function progressOf(run: Run): number {
  if (run.phase === "done") return 1;
  let [done, all] = [0, 0];
  for (const node of run.nodes.values()) {
    if (node.phase === "cached") continue;
    all += 1;
    done += node.phase === "waiting" ? 0 : node.phase === "running" ? fractionOf(node) : 1;
  }
  return all === 0 ? 0 : done / all;
}

/** How many of a run's nodes have come to an end. */
export function nodesOver(run: Run): number {
  return [...run.nodes.values()].filter(({ phase }) => phase !== "running" && phase !== "waiting").length;
}

/** 0 to 1; 0 when the node does not say. */
export function fractionOf(node: NodeRun): number {
  return node.steps && node.steps.total > 0 ? Math.min(1, node.steps.value / node.steps.total) : 0;
}

export function isOver(run: Run): boolean {
  return run.phase === "done" || run.phase === "failed" || run.phase === "cancelled";
}

function blank(id: string): NodeRun {
  return { phase: "running", display: id, steps: null, pace: null, seconds: null, message: null, keptIn: null };
}

function withNode(run: Run, id: string, change: Partial<NodeRun>): ReadonlyMap<string, NodeRun> {
  return new Map(run.nodes).set(id, { ...(run.nodes.get(id) ?? blank(id)), ...change });
}

/** What is known before anything runs: which results are there, and which nodes are to come. */
function planned({ nodes: cached, kept = {}, to_run: toRun = [] }: NodesCached): ReadonlyMap<string, NodeRun> {
  const nodes = new Map<string, NodeRun>();
  for (const id of cached) nodes.set(id, { ...blank(id), phase: "cached", keptIn: kept[id] ?? null });
  for (const id of toRun) nodes.set(id, { ...blank(id), phase: "waiting" });
  return nodes;
}

/** Steps heard of at one moment, as after a reconnection, say nothing of the pace. */
function stepped(node: NodeRun | undefined, { value, total }: NodeProgress, now: number): Partial<NodeRun> {
  const steps = { value, total };
  const before = node?.steps;
  const pace = node?.pace;
  if (!before || !pace || value <= before.value) return { steps, pace: { at: now, perStep: null } };
  if (now <= pace.at) return { steps };
  const perStep = (now - pace.at) / (value - before.value);
  return { steps, pace: { at: now, perStep: pace.perStep === null ? perStep : pace.perStep * 0.7 + perStep * 0.3 } };
}

/** Under which names a node shows pictures, and what each says of them. */
const KINDS: ReadonlyMap<string, { readonly side?: Side }> = new Map([
  ["images", {}],
  ["a_images", { side: "a" }],
  ["b_images", { side: "b" }],
]);

/** A node shows pictures as `{"images": [{filename, subfolder, type}]}`. */
function picturesOf(node: string, ui: Record<string, unknown>): Picture[] {
  return [...KINDS].flatMap(([kind, more]) => {
    const images = ui[kind];
    if (!Array.isArray(images)) return [];
    return images.filter(isFile).map(({ filename, subfolder, type }) => ({ node, filename, subfolder, type, ...more }));
  });
}

/** A node shows words as `{"text": ["…"]}`; some packs leave the list away. */
function textOf({ text }: Record<string, unknown>): string | null {
  const parts: unknown[] = Array.isArray(text) ? text : [text];
  const words = parts.filter((part) => typeof part === "string");
  return words.length > 0 ? words.join("\n") : null;
}

function isFile(value: unknown): value is Omit<Picture, "node" | "side"> {
  return typeof value === "object" && value !== null && "filename" in value && "subfolder" in value && "type" in value;
}
