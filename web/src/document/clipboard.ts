/**
 * Copying part of a graph into text and pasting such text anywhere. The text is a canvas file of format 1.0, so a whole
 * workflow can be pasted just as well. Knows nothing of the system's clipboard.
 */

import { BLANK_LINK } from "./blanks";
import { LINK_OBJECT, type FlatLink } from "./canvas-fields";
import { parseCanvas, readCanvas } from "./canvas-read";
import { writeCanvas } from "./canvas-write";
import { courseTo, rerouteById } from "./course";
import { contentsOf, definitionsOf } from "./definitions";
import { connect } from "./edit-links";
import { readFields, writeFields } from "./fields";
import { newId } from "./ids";
import { EMPTY, INDENTED, isList, isObject, withKey, writeJson, type Json, type JsonObject } from "./json";
import {
  groupKey,
  linkKey,
  nodeKey,
  rerouteKey,
  ROOT,
  SUBGRAPH_INPUT,
  type DocumentRecord,
  type GraphRecord,
  type Id,
  type Key,
  type LinkEnd,
  type LinkRecord,
  type Point,
  type Socket,
} from "./records";
import { DocumentStore, type DocumentReader, type Transaction } from "./store";

/** A subgraph cannot be put into itself. */
export class RecursionError extends Error {}

export interface HowToPaste {
  /** Link what is pasted to the nodes outside that fed what was copied, if they are still there. */
  readonly incoming?: boolean;
}

/**
 * The nodes and groups among `keys`, which are of one graph, with the links between those nodes and the definitions
 * they need. The links that lead to them from elsewhere are noted.
 */
export function copy(document: DocumentReader, graph: Key, keys: Iterable<Key>): string {
  const chosen = new Set(keys);
  const nodes = document.members(graph, "node").filter(({ key }) => chosen.has(key));
  const groups = document.members(graph, "group").filter(({ key }) => chosen.has(key));
  const ids = new Set(nodes.map(({ id }) => String(id)));
  const into = document
    .members(graph, "link")
    .filter(({ floating, target }) => !floating && ids.has(String(target.node)));
  const links = into.filter(({ origin }) => ids.has(String(origin.node)));
  const incoming = into.filter(({ origin }) => !ids.has(String(origin.node)));
  const reroutes = rerouteById(document.members(graph, "reroute"));
  const course = new Set(links.flatMap(({ parent }) => courseTo(parent, reroutes)));

  const part: DocumentRecord[] = [
    { ...FRAGMENT, source: withIncoming(FRAGMENT.source, incoming) },
    ...[...nodes, ...groups, ...course].map((record) => ({ ...record, graph: ROOT })),
    ...links.map((link) => ({ ...link, graph: ROOT, source: BLANK_LINK["1.0"] })),
  ];
  for (const definition of definitionsOf(document, nodes)) {
    part.push({ ...definition, graph: ROOT }, ...contentsOf(document, definition.key));
  }
  return writeJson(writeCanvas(new DocumentStore(part)), INDENTED);
}

/**
 * Add what `text` holds to a graph, with its upper left corner at `corner`; the keys of the new nodes and groups.
 * Throws SyntaxError, NotACanvasError or RecursionError where it cannot be.
 */
export function paste(
  transaction: Transaction,
  graph: Key,
  text: string,
  corner: Point,
  { incoming = false }: HowToPaste = {},
): Key[] {
  const part = new DocumentStore(readCanvas(parseCanvas(text)));
  pasteDefinitions(transaction, graph, part);
  const pasting = new Pasting(transaction, graph, part, corner);
  const keys = pasting.run();
  if (incoming) pasting.linkIncoming();
  return keys;
}

/** A definition that the document has already is the same one, so its own stays: others are instances of it too. */
function pasteDefinitions(transaction: Transaction, graph: Key, part: DocumentReader): void {
  const nodes = part.members(ROOT, "node");
  for (const definition of definitionsOf(part, nodes)) {
    if (transaction.get(definition.key) !== undefined) continue;
    transaction.put({ ...definition, graph: ROOT, place: transaction.nextPlace() });
    for (const record of contentsOf(part, definition.key)) transaction.put(record);
  }
  for (const { key } of definitionsOf(transaction, nodes)) {
    if (key === graph) throw new RecursionError("a subgraph cannot be pasted into itself");
  }
}

/** Pastes the root of `part`, where every record gets a new id. */
class Pasting {
  private readonly nodes = new Map<string, Id>();
  private readonly reroutes = new Map<string, Id>();
  private readonly by: Point;

  constructor(
    private readonly transaction: Transaction,
    private readonly graph: Key,
    private readonly part: DocumentReader,
    corner: Point,
  ) {
    const corners = [
      ...part.members(ROOT, "node").map(({ position }) => position),
      ...part.members(ROOT, "group").map(({ bounds }) => bounds),
    ];
    const least = (values: number[]): number => values.reduce((one, other) => Math.min(one, other), Infinity);
    this.by = { x: corner.x - least(corners.map(({ x }) => x)), y: corner.y - least(corners.map(({ y }) => y)) };
  }

  run(): Key[] {
    const keys = [...this.pasteNodes(), ...this.pasteGroups()];
    const links = this.part
      .members(ROOT, "link")
      .filter(({ origin, target }) => this.nodes.has(String(origin.node)) && this.nodes.has(String(target.node)));
    this.pasteReroutes(links);
    this.pasteLinks(links);
    return keys;
  }

  /** Only where the output that fed the original is there and still of that type. */
  linkIncoming(): void {
    for (const link of incomingOf(this.part.root().source)) {
      const node = this.nodes.get(String(link.targetNode));
      const output = outputsOf(this.transaction, this.graph, link.originNode)[link.originSlot];
      if (node === undefined || output?.type !== link.type) continue;
      const origin = { node: link.originNode, slot: link.originSlot };
      connect(this.transaction, this.graph, origin, { node, slot: link.targetSlot });
    }
  }

  private pasteNodes(): Key[] {
    return this.part.members(ROOT, "node").map((node) => {
      const id = newId(this.transaction, this.graph, "node");
      this.nodes.set(String(node.id), id);
      const key = nodeKey(this.graph, id);
      this.transaction.put({
        ...node,
        ...this.home(key),
        id,
        position: this.moved(node.position),
        inputs: node.inputs.map((socket) => unlinked(socket, "link", null)),
        outputs: node.outputs.map((socket) => unlinked(socket, "links", [])),
      });
      return key;
    });
  }

  private pasteGroups(): Key[] {
    return this.part.members(ROOT, "group").map((group) => {
      const id = newId(this.transaction, this.graph, "group");
      const key = groupKey(this.graph, id);
      const bounds = { ...group.bounds, ...this.moved(group.bounds) };
      this.transaction.put({ ...group, ...this.home(key), id, bounds });
      return key;
    });
  }

  private pasteReroutes(links: readonly LinkRecord[]): void {
    const all = this.part.members(ROOT, "reroute");
    const course = new Set(links.flatMap(({ parent }) => courseTo(parent, rerouteById(all))));
    const reroutes = all.filter((reroute) => course.has(reroute));
    for (const { id } of reroutes) this.reroutes.set(String(id), newId(this.transaction, this.graph, "reroute"));
    for (const reroute of reroutes) {
      const id = this.reroutes.get(String(reroute.id)) ?? reroute.id;
      this.transaction.put({
        ...reroute,
        ...this.home(rerouteKey(this.graph, id)),
        id,
        parent: this.newParent(reroute.parent),
        position: this.moved(reroute.position),
        linked: [],
        source: withKey(reroute.source, "linkIds", []),
      });
    }
  }

  private pasteLinks(links: readonly LinkRecord[]): void {
    const source = BLANK_LINK[this.transaction.need(this.graph, "graph").form];
    for (const link of links) {
      const id = newId(this.transaction, this.graph, "link");
      this.transaction.put({
        ...link,
        ...this.home(linkKey(this.graph, id)),
        id,
        origin: this.newEnd(link.origin),
        target: this.newEnd(link.target),
        parent: this.newParent(link.parent),
        source,
      });
    }
  }

  private home(key: Key): { key: Key; graph: Key; place: number } {
    return { key, graph: this.graph, place: this.transaction.nextPlace() };
  }

  private newEnd({ node, slot }: LinkEnd): LinkEnd {
    return { node: this.nodes.get(String(node)) ?? node, slot };
  }

  private newParent(parent: Id | null): Id | null {
    return parent === null ? null : (this.reroutes.get(String(parent)) ?? null);
  }

  private moved({ x, y }: Point): Point {
    return { x: x + this.by.x, y: y + this.by.y };
  }
}

/** The socket as it is before it is linked: a link id of another graph means nothing here. */
function unlinked(socket: Socket, key: "link" | "links", none: Json): Socket {
  const { source } = socket;
  return { ...socket, linked: [], source: isObject(source) ? withKey(source, key, none) : source };
}

function withIncoming(source: JsonObject, links: readonly LinkRecord[]): JsonObject {
  if (links.length === 0) return source;
  const noted = links.map(({ id, origin, target, type }) => {
    const ends = { originNode: origin.node, originSlot: origin.slot, targetNode: target.node, targetSlot: target.slot };
    return writeFields(LINK_OBJECT, { id, ...ends, type, parent: null }, EMPTY);
  });
  return withKey(source, "extra", new Map([[INCOMING, noted]]));
}

function incomingOf(source: JsonObject): FlatLink[] {
  const extra = source.get("extra");
  const noted = isObject(extra) ? extra.get(INCOMING) : undefined;
  return isList(noted) ? noted.filter(isObject).map((link) => readFields(LINK_OBJECT, link)) : [];
}

function outputsOf(document: DocumentReader, graph: Key, node: Id): readonly Socket[] {
  const record = document.get(node === SUBGRAPH_INPUT ? graph : nodeKey(graph, node));
  if (record?.kind === "graph") return record.inputs;
  return record?.kind === "node" ? record.outputs : [];
}

/** Where a copied part notes, in its `extra`, which links led to it. Other editors pay no heed to it. */
const INCOMING = "incomingLinks";

const FRAGMENT: GraphRecord = {
  kind: "graph",
  key: ROOT,
  id: null,
  graph: null,
  place: 0,
  form: "1.0",
  name: null,
  counters: { node: 0, link: 0, group: 0, reroute: 0 },
  inputs: [],
  outputs: [],
  inputBounds: null,
  outputBounds: null,
  source: new Map<string, Json>([
    ["version", 1],
    ["nodes", []],
    ["links", []],
  ]) satisfies JsonObject,
};
