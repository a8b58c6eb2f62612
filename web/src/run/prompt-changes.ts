/** Whether an edit changes what would run, or only how the workflow looks. */

import { steps } from "../document/diff";
import type { DocumentRecord, NodeRecord } from "../document/records";
import type { DocumentDiff } from "../document/store";

/** Nodes that only say something to the reader. */
const NOTES: ReadonlySet<string> = new Set(["Note", "MarkdownNote"]);

/** Of a node, all that the server reads. */
const READ = ["classId", "mode", "inputs", "outputs", "widgets", "namedWidgets", "properties"] as const;

export function changesPrompt(diff: DocumentDiff): boolean {
  for (const [, from, to] of steps(diff)) if (matters(from, to)) return true;
  return false;
}

function matters(from: DocumentRecord | undefined, to: DocumentRecord | undefined): boolean {
  const kind = (to ?? from)?.kind;
  if (kind === "node") return nodeMatters(from, to);
  if (kind !== "graph") return kind === "link";
  return from?.kind !== "graph" || to?.kind !== "graph" || from.inputs !== to.inputs || from.outputs !== to.outputs;
}

function nodeMatters(from: DocumentRecord | undefined, to: DocumentRecord | undefined): boolean {
  if (from?.kind === "node" && to?.kind === "node")
    return !isNote(to) && READ.some((field) => from[field] !== to[field]);
  return ![from, to].some((record) => record?.kind === "node" && isNote(record));
}

const isNote = ({ classId }: NodeRecord): boolean => NOTES.has(classId);
