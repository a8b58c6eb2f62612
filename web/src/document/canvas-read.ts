/** From a canvas file, 0.4 or 1.0, to records. Whatever it holds becomes a record or stays in one's `source`. */

import { COUNTERS, GRAPH, GROUP, LINK_EXTENSION, LISTS, NODE, REROUTE, SOCKET } from "./canvas-fields";
import { readLink } from "./canvas-links";
import { linksThrough } from "./course";
import { asId, readFields } from "./fields";
import { EMPTY, isList, isObject, parseJson, toNumber, type Json, type JsonObject } from "./json";
import {
  floatingLinkKey,
  graphKey,
  groupKey,
  linkKey,
  nodeKey,
  rerouteKey,
  ROOT,
  SUBGRAPH_INPUT,
  SUBGRAPH_OUTPUT,
  type DocumentRecord,
  type Form,
  type GraphRecord,
  type Id,
  type Key,
  type LinkRecord,
  type ListName,
  type RerouteRecord,
  type Socket,
} from "./records";

/** Whether a JSON value is a canvas at all. */
export function isCanvas(json: Json | undefined): json is JsonObject {
  return isObject(json) && isList(json.get("nodes"));
}

/** JSON, but no canvas. */
export class NotACanvasError extends Error {}

/** Throws SyntaxError where `text` is not JSON and NotACanvasError where it is something else. */
export function parseCanvas(text: string): JsonObject {
  const file = parseJson(text);
  if (!isCanvas(file)) throw new NotACanvasError("a canvas is an object with a list of nodes");
  return file;
}

export function readCanvas(file: JsonObject): DocumentRecord[] {
  const taken = new Set<Key>();
  const form = toNumber(file.get("version")) === 1 || isObject(file.get("state")) ? "1.0" : "0.4";
  return new GraphReader(file, { key: ROOT, id: null, graph: null, place: 0, form }, taken).records;
}

type GraphIdentity = Pick<GraphRecord, "key" | "id" | "graph" | "place" | "form">;

/** Reads one graph of the file and the definitions kept in it. */
class GraphReader {
  readonly records: DocumentRecord[] = [];
  private readonly graph: Key;
  private readonly form: Form;
  private readonly lists: Partial<Record<ListName, readonly Json[]>>;

  /**
   * `taken` has the keys of all graphs of the file: in a damaged one two nodes may have the same id, and both are kept.
   */
  constructor(
    private readonly source: JsonObject,
    identity: GraphIdentity,
    private readonly taken: Set<Key>,
  ) {
    this.graph = this.take(identity.key);
    this.form = identity.form;
    this.lists = readFields(LISTS[this.form], source);
    const links = this.readLinks();
    const reroutes = this.readReroutes(links);
    const linked = linksByEnd(links);
    this.records.push(this.readGraph(identity, linked), ...links, ...reroutes);
    this.readNodes(linked);
    this.readGroups();
    this.readDefinitions();
  }

  private readGraph(identity: GraphIdentity, linked: LinksByEnd): GraphRecord {
    const { source } = this;
    return {
      ...identity,
      key: this.graph,
      kind: "graph",
      ...readFields(GRAPH, source),
      counters: { node: 0, link: 0, group: 0, reroute: 0, ...readFields(COUNTERS[this.form], source) },
      inputs: readSockets(source.get("inputs"), linked.get(`out ${SUBGRAPH_INPUT}`)),
      outputs: readSockets(source.get("outputs"), linked.get(`in ${SUBGRAPH_OUTPUT}`)),
      source,
    };
  }

  private readLinks(): LinkRecord[] {
    const parents = this.readExtensions();
    const read = (list: "links" | "floatingLinks", floating: boolean): LinkRecord[] => {
      const keyOf = floating ? floatingLinkKey : linkKey;
      return this.readList(list, (source, place) => {
        const link = readLink(source, parents);
        if (link === null) return null;
        const key = this.take(keyOf(this.graph, link.id));
        return { kind: "link", key, graph: this.graph, place, floating, ...link, source };
      });
    };
    return [...read("links", false), ...read("floatingLinks", true)];
  }

  private readExtensions(): Map<string, Id | null> {
    const inList = new Set(this.list("links").map((link) => (isList(link) ? String(asId(link[0])) : null)));
    const extensions = this.readList("linkExtensions", (json) => {
      if (!isObject(json)) return null;
      const extension = readFields(LINK_EXTENSION, json);
      return inList.has(String(extension.id)) && extension.parent !== null ? extension : null;
    });
    return new Map(extensions.map(({ id, parent }) => [String(id), parent]));
  }

  private readReroutes(links: readonly LinkRecord[]): RerouteRecord[] {
    const reroutes = this.readList("reroutes", (source, place): RerouteRecord | null => {
      if (!isObject(source) || asId(source.get("id")) === null) return null;
      const fields = readFields(REROUTE, source);
      const key = this.take(rerouteKey(this.graph, fields.id));
      return { kind: "reroute", key, graph: this.graph, place, ...fields, linked: [], source };
    });
    const through = linksThrough(
      links.filter(({ floating }) => !floating),
      reroutes,
    );
    return reroutes.map((reroute) => ({
      ...reroute,
      linked: (through.get(String(reroute.id)) ?? []).map(({ id }) => id),
    }));
  }

  private readNodes(linked: LinksByEnd): void {
    const nodes = this.readList("nodes", (source, place): DocumentRecord | null => {
      if (!isObject(source) || asId(source.get("id")) === null || typeof source.get("type") !== "string") return null;
      const fields = readFields(NODE, source);
      return {
        kind: "node",
        key: this.take(nodeKey(this.graph, fields.id)),
        graph: this.graph,
        place,
        ...fields,
        inputs: readSockets(source.get("inputs"), linked.get(`in ${fields.id}`)),
        outputs: readSockets(source.get("outputs"), linked.get(`out ${fields.id}`)),
        source,
      };
    });
    this.records.push(...nodes);
  }

  private readGroups(): void {
    const groups = this.readList("groups", (source, place): DocumentRecord | null => {
      if (!isObject(source)) return null;
      const fields = readFields(GROUP, source);
      const key = this.take(groupKey(this.graph, fields.id ?? `#${place}`));
      return { kind: "group", key, graph: this.graph, place, ...fields, source };
    });
    this.records.push(...groups);
  }

  private readDefinitions(): void {
    const definitions = this.readList("definitions.subgraphs", (source, place): readonly DocumentRecord[] | null => {
      const id = isObject(source) ? source.get("id") : undefined;
      if (!isCanvas(source) || typeof id !== "string") return null;
      const identity: GraphIdentity = { key: graphKey(id), id, graph: this.graph, place, form: "1.0" };
      return new GraphReader(source, identity, this.taken).records;
    });
    this.records.push(...definitions.flat());
  }

  /** What `read` makes of the items of a list; an item that it makes nothing of is kept as it is. */
  private readList<T>(list: ListName, read: (item: Json, place: number) => T | null): T[] {
    return this.list(list).flatMap((source, place) => {
      const record = read(source, place);
      if (record !== null) return [record];
      const key = this.take(`${this.graph}/${list}#${place}`);
      this.records.push({ kind: "opaque", key, graph: this.graph, place, list, source });
      return [];
    });
  }

  private list(name: ListName): readonly Json[] {
    return this.lists[name] ?? [];
  }

  private take(key: Key): Key {
    let free = key;
    while (this.taken.has(free)) free += "'";
    this.taken.add(free);
    return free;
  }
}

/** The links at each socket, by side and node and then by slot. */
type LinksByEnd = ReadonlyMap<string, ReadonlyMap<number, readonly Id[]>>;

function linksByEnd(links: readonly LinkRecord[]): LinksByEnd {
  const ends = new Map<string, Map<number, Id[]>>();
  const add = (end: string, slot: number, id: Id): void => {
    const slots = ends.get(end) ?? new Map<number, Id[]>();
    ends.set(end, slots);
    slots.set(slot, [...(slots.get(slot) ?? []), id]);
  };
  for (const { id, origin, target, floating } of links) {
    if (floating) continue;
    add(`out ${origin.node}`, origin.slot, id);
    add(`in ${target.node}`, target.slot, id);
  }
  return ends;
}

function readSockets(json: Json | undefined, linked: ReadonlyMap<number, readonly Id[]> | undefined): Socket[] {
  return (isList(json) ? json : []).map((source, slot) => ({
    ...readFields(SOCKET, isObject(source) ? source : EMPTY),
    linked: linked?.get(slot) ?? [],
    source,
  }));
}
