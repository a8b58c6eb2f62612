/**
 * From records to a canvas file in the format it came in. A part that was not edited is the very object it was read
 * from. What the file repeats of the links at their ends and at the reroutes is made here.
 */

import { COUNTERS, GRAPH, GROUP, LINK_EXTENSION, LISTS, NODE, REROUTE, SOCKET, type Lists } from "./canvas-fields";
import { needsExtension, writeLink } from "./canvas-links";
import { linksThrough } from "./course";
import { asId, fromId, readFields, writeFields } from "./fields";
import { EMPTY, isList, isObject, withKey, type Json, type JsonObject } from "./json";
import {
  SUBGRAPH_INPUT,
  SUBGRAPH_OUTPUT,
  type GraphRecord,
  type Id,
  type LinkRecord,
  type ListName,
  type NodeRecord,
  type RerouteRecord,
  type Socket,
} from "./records";
import type { DocumentReader } from "./store";

/** Nodes that were written before, with the links they had then. */
export type WrittenNodes = WeakMap<NodeRecord, { readonly links: readonly LinkRecord[]; readonly json: JsonObject }>;

/** `written`: given again, nodes that have not changed since are the very objects they were. */
export function writeCanvas(document: DocumentReader, written: WrittenNodes = new WeakMap()): JsonObject {
  return writeGraph(document, document.root(), written);
}

function writeGraph(document: DocumentReader, graph: GraphRecord, nodes: WrittenNodes): JsonObject {
  const { key, form } = graph;
  const opaque = document.members(key, "opaque");
  const list = <R extends Placed>(name: ListName, records: readonly R[], write: (record: R) => Json): Json[] => {
    const kept = opaque.filter((record) => record.list === name).map(({ place, source }) => ({ place, json: source }));
    const written = records.map((record) => ({ place: record.place, json: write(record) }));
    return [...written, ...kept].sort((one, other) => one.place - other.place).map(({ json }) => json);
  };

  const all = document.members(key, "link");
  const links = all.filter(({ floating }) => !floating);
  const reroutes = document.members(key, "reroute");
  const through = linksThrough(links, reroutes);
  const lists: Partial<Lists> = {
    nodes: list("nodes", document.members(key, "node"), (node) => writeNode(document, node, nodes)),
    links: list("links", links, writeLink),
    floatingLinks: list(
      "floatingLinks",
      all.filter(({ floating }) => floating),
      writeLink,
    ),
    groups: list("groups", document.members(key, "group"), (group) => writeFields(GROUP, group, group.source)),
    reroutes: list("reroutes", reroutes, (reroute) => writeReroute(reroute, through.get(String(reroute.id)) ?? [])),
    "definitions.subgraphs": list("definitions.subgraphs", document.members(key, "graph"), (definition) =>
      writeGraph(document, definition, nodes),
    ),
  };
  if (form === "0.4") {
    const before = readFields(LISTS[form], graph.source).linkExtensions ?? [];
    lists.linkExtensions = inOrderOf(before, list("linkExtensions", links.filter(needsExtension), writeExtension));
  }

  let written = writeFields(LISTS[form], lists, graph.source);
  written = writeFields(COUNTERS[form], graph.counters, written);
  written = writeFields(GRAPH, graph, written);
  const inputs = idsBySlot(document.linksAt(key, SUBGRAPH_INPUT), "origin", SUBGRAPH_INPUT);
  const outputs = idsBySlot(document.linksAt(key, SUBGRAPH_OUTPUT), "target", SUBGRAPH_OUTPUT);
  written = writeSockets(written, "inputs", graph.inputs, "linkIds", inputs);
  return writeSockets(written, "outputs", graph.outputs, "linkIds", outputs);
}

interface Placed {
  readonly place: number;
}

function writeNode(document: DocumentReader, node: NodeRecord, nodes: WrittenNodes): JsonObject {
  const links = document.linksAt(node.graph, node.id);
  const before = nodes.get(node);
  if (before?.links.length === links.length && links.every((link, at) => link === before.links[at])) return before.json;
  let json = writeFields(NODE, node, node.source);
  json = writeSockets(json, "inputs", node.inputs, "link", idsBySlot(links, "target", node.id));
  json = writeSockets(json, "outputs", node.outputs, "links", idsBySlot(links, "origin", node.id));
  nodes.set(node, { links, json });
  return json;
}

function writeReroute(reroute: RerouteRecord, through: readonly LinkRecord[]): JsonObject {
  const ids = through.map(({ id }) => id);
  return writeLinked(writeFields(REROUTE, reroute, reroute.source), "linkIds", reroute.linked, ids);
}

function writeExtension(link: LinkRecord): JsonObject {
  return writeFields(LINK_EXTENSION, link, EMPTY);
}

/** The items in the order, and where they say the same as the very objects, of a list that was there before. */
function inOrderOf(before: readonly Json[], after: readonly Json[]): readonly Json[] {
  const nameOf = (json: Json): string => {
    const { id, parent } = readFields(LINK_EXTENSION, isObject(json) ? json : EMPTY);
    return `${id} ${parent ?? ""}`;
  };
  const wanted = new Set(after.map(nameOf));
  const kept = before.filter((json) => wanted.has(nameOf(json)));
  const there = new Set(kept.map(nameOf));
  return [...kept, ...after.filter((json) => !there.has(nameOf(json)))];
}

/**
 * The key under which a socket repeats its links: an input has one, an output any number, a subgraph's own socket too.
 */
type LinkedKey = "link" | "links" | "linkIds";

function writeSockets(
  object: JsonObject,
  key: "inputs" | "outputs",
  sockets: readonly Socket[],
  linkedKey: LinkedKey,
  ids: ReadonlyMap<number, readonly Id[]>,
): JsonObject {
  const was = object.get(key);
  const written = sockets.map((socket, slot): Json => {
    const source = isObject(socket.source) ? socket.source : EMPTY;
    const fields = writeFields(SOCKET, socket, source);
    const json = writeLinked(fields, linkedKey, socket.linked, ids.get(slot) ?? []);
    return json === source ? socket.source : json;
  });
  const before = isList(was) ? was : [];
  const same = before.length === written.length && before.every((item, index) => item === written[index]);
  return same ? object : withKey(object, key, written);
}

/** `object` with the links that it really has, in the order it has them in; with `before` nothing has changed. */
function writeLinked(object: JsonObject, key: LinkedKey, before: readonly Id[], ids: readonly Id[]): JsonObject {
  if (before.length === ids.length && before.every((id) => ids.includes(id))) return object;
  if (key === "link") return withKey(object, key, ids[0] === undefined ? null : fromId(ids[0]));
  const was = object.get(key);
  const listed = isList(was) ? was.map(asId).filter((id): id is Id => id !== null && ids.includes(id)) : [];
  return withKey(object, key, Array.from(new Set([...listed, ...ids]), fromId));
}

/** The ids of those links that have the node at that end, by slot. */
function idsBySlot(links: readonly LinkRecord[], end: "origin" | "target", node: Id): Map<number, Id[]> {
  const slots = new Map<number, Id[]>();
  for (const link of links) {
    if (link.floating || String(link[end].node) !== String(node)) continue;
    const ids = slots.get(link[end].slot);
    if (ids) ids.push(link.id);
    else slots.set(link[end].slot, [link.id]);
  }
  return slots;
}
