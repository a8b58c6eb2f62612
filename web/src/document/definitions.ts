/** Which subgraph definitions a graph needs, and what they consist of. */

import { graphKey, type DocumentRecord, type GraphRecord, type Key, type NodeRecord } from "./records";
import type { DocumentReader } from "./store";

const PARTS = ["node", "link", "reroute", "group", "opaque"] as const;

/** The definitions that `nodes` are instances of, with those that these need in turn. */
export function definitionsOf(document: DocumentReader, nodes: Iterable<NodeRecord>): Set<GraphRecord> {
  const found = new Set<GraphRecord>();
  const visit = ({ classId }: NodeRecord): void => {
    const definition = document.get(graphKey(classId));
    if (definition?.kind !== "graph" || found.has(definition)) return;
    found.add(definition);
    document.members(definition.key, "node").forEach(visit);
  };
  for (const node of nodes) visit(node);
  return found;
}

/** A graph and the definitions that are kept in its part of the file, with those that are kept in theirs. */
export function graphsOf(document: DocumentReader, graph: Key): Key[] {
  return [graph, ...document.members(graph, "graph").flatMap(({ key }) => graphsOf(document, key))];
}

/** What a graph holds, definitions that are kept in it aside. */
export function contentsOf(document: DocumentReader, graph: Key): DocumentRecord[] {
  return PARTS.flatMap((kind): DocumentRecord[] => document.members(graph, kind));
}
