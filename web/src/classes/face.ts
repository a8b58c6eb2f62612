/**
 * How a node of a document shows itself: its class, its sockets and its values brought together. Where the file and the
 * class disagree, the file's sockets stay as they are, since links meet them by their number, and what the class has
 * beyond them comes behind: linking to it adds it. Nothing here changes a document.
 */

import { graphKey, type GraphRecord, type Key, type NodeRecord } from "../document/records";
import type { DocumentReader } from "../document/store";
import type { Catalog } from "./catalog";
import { classFace, missingFace } from "./class-face";
import { kindOf } from "./editor-classes";
import { primitiveFace } from "./primitive-face";
import { subgraphFace } from "./subgraph-face";
import type { NodeFace } from "./types";

/** Throws RangeError where there is no such node. */
export function faceOf(document: DocumentReader, key: Key, catalog: Catalog): NodeFace {
  return faceWithin(document, key, catalog, new Set());
}

/** `around` are the subgraphs that the node is looked at from: one in itself is looked into once. */
function faceWithin(document: DocumentReader, key: Key, catalog: Catalog, around: ReadonlySet<Key>): NodeFace {
  const record = document.need(key, "node");
  const definition = definitionOf(document, record);
  if (definition !== undefined) {
    const inside = new Set(around).add(definition.key);
    const innerFace = (inner: Key): NodeFace | null =>
      around.has(definition.key) ? null : faceWithin(document, inner, catalog, inside);
    return subgraphFace(document, record, definition, innerFace);
  }
  const nodeClass = catalog.classes.get(record.classId);
  if (nodeClass === undefined) return missingFace(record);
  const kind = kindOf(nodeClass);
  if (kind !== "primitive") return classFace(document, record, nodeClass, kind);
  return primitiveFace(document, record, nodeClass, (fed) => faceWithin(document, fed, catalog, around));
}

/** The subgraph that a node is an instance of. */
export function definitionOf(document: DocumentReader, { classId }: NodeRecord): GraphRecord | undefined {
  const definition = document.get(graphKey(classId));
  return definition?.kind === "graph" ? definition : undefined;
}
