/**
 * What a run and the remarks on a workflow come to for each node that is drawn. Pure: who follows runs and who draws are
 * elsewhere.
 */

import type { NodeOverlay } from "../canvas/overlay";
import type { Refusal } from "../state/asked";
import { fractionOf, isOver, type NodeRun, type Picture, type Run } from "../state/run";
import type { Preview } from "../state/runs";
import { inputOf, inWords } from "./plain-words";

export interface Told {
  /** The run that is shown; null: none yet. */
  readonly run: Run | null;
  readonly preview: Preview | null;
  readonly refusal: Refusal | null;
  /** What each node showed the last time it ran, by node. */
  readonly pictures: ReadonlyMap<string, readonly Picture[]>;
  /** What each node said in words the last time it ran, by node. */
  readonly texts: ReadonlyMap<string, string>;
}

type Phase = NonNullable<NodeOverlay["phase"]>;

/** A subgraph's instance is as the first of these that one of its nodes is. */
const WEIGHT: readonly Phase[] = ["failed", "running", "blocked", "waiting", "done", "cached"];

interface Gathered {
  phase: Phase | null;
  seconds: number | null;
  keptIn: NodeOverlay["keptIn"];
  messages: string[];
  inputs: Map<string, string>;
  preview: string | null;
  pictures: Picture[];
  texts: string[];
  /** Of the nodes inside, for the fraction: those that have to run, and how much of that is done. */
  todo: number;
  done: number;
  /** Whether the one node that runs says how far it is, or several make one instance. */
  stepping: boolean;
  parts: number;
}

export function overlaysOf({ run, preview, refusal, pictures, texts }: Told): Map<string, NodeOverlay> {
  const gathered = new Map<string, Gathered>();
  const at = (id: string): Gathered => {
    const known = gathered.get(id) ?? nothing();
    gathered.set(id, known);
    return known;
  };

  for (const node of run?.nodes.values() ?? []) {
    for (const id of withOwners(node.display)) add(at(id), node);
  }
  if (run?.failure?.node) {
    const { node, message } = run.failure;
    for (const id of withOwners(run.nodes.get(node)?.display ?? node)) at(id).messages.push(message);
  }
  if (run && !isOver(run) && preview) for (const id of withOwners(preview.node)) at(id).preview = preview.url;
  for (const [node, { errors }] of Object.entries(refusal?.problems ?? {})) {
    for (const id of withOwners(node)) {
      const one = at(id);
      for (const problem of errors) {
        const words = inWords(problem);
        const input = inputOf(problem);
        if (input !== null && id === node) one.inputs.set(input, words);
        one.messages.push(input === null ? words : `${input}: ${words}`);
      }
    }
  }
  for (const [node, shown] of pictures) for (const id of withOwners(node)) at(id).pictures.push(...shown);
  for (const [node, text] of texts) for (const id of withOwners(node)) at(id).texts.push(text);

  return new Map(Array.from(gathered, ([id, one]) => [id, overlayOf(one)]));
}

/** A node's own name and those of the subgraphs' instances around it: `12:5:3`, `12:5`, `12`. */
export function withOwners(id: string): string[] {
  const parts = id.split(":");
  return parts.map((_, outside) => parts.slice(0, parts.length - outside).join(":"));
}

function nothing(): Gathered {
  return {
    phase: null,
    seconds: null,
    keptIn: null,
    messages: [],
    inputs: new Map(),
    preview: null,
    pictures: [],
    texts: [],
    todo: 0,
    done: 0,
    stepping: false,
    parts: 0,
  };
}

function add(one: Gathered, node: NodeRun): void {
  if (one.phase === null || WEIGHT.indexOf(node.phase) < WEIGHT.indexOf(one.phase)) one.phase = node.phase;
  if (node.seconds !== null) one.seconds = (one.seconds ?? 0) + node.seconds;
  if (node.message !== null) one.messages.push(node.message);
  one.keptIn ??= node.keptIn;
  one.parts += 1;
  if (node.phase === "cached") return;
  one.todo += 1;
  if (node.phase === "running") {
    one.done += fractionOf(node);
    one.stepping ||= node.steps !== null;
  } else if (node.phase !== "waiting") one.done += 1;
}

function overlayOf(one: Gathered): NodeOverlay {
  const { phase, seconds, keptIn, messages, inputs, preview, pictures, texts } = one;
  const tells = phase === "running" && (one.stepping || one.parts > 1);
  return {
    phase,
    fraction: tells ? one.done / one.todo : null,
    seconds,
    keptIn: phase === "cached" ? keptIn : null,
    message: messages.length > 0 ? [...new Set(messages)].join("\n") : null,
    inputs,
    preview,
    pictures,
    text: texts.length > 0 ? texts.join("\n\n") : null,
  };
}

/** `next`, with the overlays of `before` in the place of equal ones, so that who draws can tell what changed. */
export function keepEqual(
  before: ReadonlyMap<string, NodeOverlay>,
  next: ReadonlyMap<string, NodeOverlay>,
): ReadonlyMap<string, NodeOverlay> {
  const kept = new Map<string, NodeOverlay>();
  let same = before.size === next.size;
  for (const [id, overlay] of next) {
    const old = before.get(id);
    if (old && equal(old, overlay)) kept.set(id, old);
    else {
      kept.set(id, overlay);
      same = false;
    }
  }
  return same ? before : kept;
}

function equal(one: NodeOverlay, other: NodeOverlay): boolean {
  return (
    one.phase === other.phase &&
    one.fraction === other.fraction &&
    one.seconds === other.seconds &&
    one.keptIn === other.keptIn &&
    one.message === other.message &&
    one.preview === other.preview &&
    one.text === other.text &&
    one.pictures.length === other.pictures.length &&
    one.pictures.every((picture, at) => picture === other.pictures[at]) &&
    one.inputs.size === other.inputs.size &&
    [...one.inputs].every(([input, words]) => other.inputs.get(input) === words)
  );
}
