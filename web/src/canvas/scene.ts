/**
 * One graph of a document as shapes in the plane, followed change by change: moving one node makes one shape for it and
 * one for each link at it, however many others there are. Knows no canvas, no DOM and no gestures.
 *
 * What a node looks like comes from `faces`. It may depend on more than its own record: a subgraph's instance on the
 * definition, a primitive on what it feeds. Such nodes are looked at anew when those change.
 */

import { shallow } from "zustand/shallow";

import type { NodeFace } from "../classes/types";
import { steps } from "../document/diff";
import type { Side } from "../document/edit-sockets";
import {
  nodeKey,
  rerouteKey,
  SUBGRAPH_INPUT,
  SUBGRAPH_OUTPUT,
  type Bounds,
  type DocumentRecord,
  type Id,
  type Key,
  type Kind,
  type Point,
  type Size,
} from "../document/records";
import type { DocumentDiff, DocumentStore } from "../document/store";
import { around, contains, grown, overlap } from "./bounds";
import { Grid } from "./grid";
import type { Hit, NearLink, SceneReader, SocketPlace } from "./hit";
import { hitScene, nearestLink } from "./hit-test";
import {
  borderShape,
  groupShape,
  linkShape,
  nodeLook,
  nodeShape,
  onlyMoved,
  rerouteShape,
  socketOf,
  socketsOf,
  type BorderShape,
  type GroupShape,
  type LinkShape,
  type LinkSurroundings,
  type NodeShape,
  type RerouteShape,
} from "./shapes";
import { NOTHING_SHOWN, type Shown } from "./layout";

export type Faces = (key: Key) => NodeFace;

export class Scene implements SceneReader {
  private readonly nodes = new Map<Key, NodeShape>();
  private readonly links = new Map<Key, LinkShape>();
  private readonly reroutes = new Map<Key, RerouteShape>();
  private readonly groups = new Map<Key, GroupShape>();
  private borders: BorderShape[] = [];
  private readonly nodeGrid = new Grid<NodeShape>();
  private readonly linkGrid = new Grid<LinkShape>();
  private readonly rerouteGrid = new Grid<RerouteShape>();
  /** The links through each reroute, by its id. */
  private readonly through = new Map<string, Set<Key>>();
  private readonly listeners = new Set<() => void>();
  private shown: ReadonlyMap<Key, Shown> = new Map();
  private readonly surroundings: LinkSurroundings = {
    reroute: (id) => {
      const record = this.document.get(rerouteKey(this.graph, id));
      return record?.kind === "reroute" ? record : undefined;
    },
    node: (id) => this.nodes.get(nodeKey(this.graph, id)),
    border: (side) => this.borders.find((border) => border.side === side),
  };

  constructor(
    private readonly document: DocumentStore,
    private readonly faces: Faces,
    private graph: Key,
  ) {
    this.rebuild();
  }

  /** Follow the document until the function that this returns is called. */
  follow(): () => void {
    return this.document.subscribe(({ diff }) => {
      this.take(diff);
    });
  }

  /** Have `listener` told when something is to be drawn otherwise. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  /** Another graph of the document. */
  show(graph: Key): void {
    if (graph === this.graph) return;
    this.graph = graph;
    this.rebuild();
  }

  /** All anew, as when other classes are known. */
  rebuild(): void {
    for (const part of [this.nodes, this.links, this.reroutes, this.groups, this.through]) part.clear();
    for (const grid of [this.nodeGrid, this.linkGrid, this.rerouteGrid]) grid.clear();
    const { document, graph } = this;
    for (const { key } of document.members(graph, "node")) this.reshapeNode(key, true);
    for (const { key } of document.members(graph, "reroute")) this.reshapeReroute(key);
    for (const { key } of document.members(graph, "group")) this.reshapeGroup(key);
    this.reshapeBorders();
    for (const { key } of document.members(graph, "link")) this.reshapeLink(key);
    this.tell();
  }

  /** Which nodes have something of a run to show. */
  showOutcomes(shown: ReadonlyMap<Key, Shown>): void {
    const before = this.shown;
    this.shown = shown;
    const changed = [...before.keys(), ...shown.keys()].filter((key) => !shallow(before.get(key), shown.get(key)));
    const present = changed.filter((key) => this.nodes.has(key));
    if (present.length === 0) return;
    this.reshape(new Map(present.map((key) => [key, true])));
  }

  // ---- what is drawn ----

  /** The nodes that overlap `bounds`, those drawn above others behind them. */
  nodesIn(bounds: Bounds): NodeShape[] {
    return [...this.nodeGrid.query(bounds)].sort((one, other) => one.record.place - other.record.place);
  }

  linksIn(bounds: Bounds): Set<LinkShape> {
    return this.linkGrid.query(bounds);
  }

  reroutesIn(bounds: Bounds): Set<RerouteShape> {
    return this.rerouteGrid.query(bounds);
  }

  /** The frames that overlap `bounds`, those drawn above others behind them. */
  groupsIn(bounds: Bounds): GroupShape[] {
    return [...this.groups.values()]
      .filter((group) => overlap(group.bounds, bounds))
      .sort((one, other) => one.record.place - other.record.place);
  }

  bordersIn(bounds: Bounds): BorderShape[] {
    return this.borders.filter((border) => overlap(border.bounds, bounds));
  }

  /** In the order of the file. */
  allNodes(): NodeShape[] {
    return [...this.nodes.values()].sort((one, other) => one.record.place - other.record.place);
  }

  node(key: Key): NodeShape | undefined {
    return this.nodes.get(key);
  }

  link(key: Key): LinkShape | undefined {
    return this.links.get(key);
  }

  border(side: Side): BorderShape | undefined {
    return this.surroundings.border(side);
  }

  /** The type of what flows through a bend. */
  typeThrough({ record }: RerouteShape): string {
    for (const key of this.through.get(String(record.id)) ?? []) {
      const link = this.links.get(key);
      if (link) return link.type;
    }
    return "*";
  }

  // ---- what gestures ask ----

  hit(point: Point, scale: number): Hit {
    return hitScene(this, point, scale);
  }

  linkNear(point: Point, reach: number, fits?: (link: Key) => boolean): NearLink | null {
    return nearestLink(this, point, reach, fits);
  }

  within(bounds: Bounds): Key[] {
    const found = [...this.nodesIn(bounds), ...this.groupsIn(bounds), ...this.reroutesIn(bounds)];
    return found.map(({ key }) => key);
  }

  boundsOf(key: Key): Bounds | undefined {
    const shape = this.nodes.get(key) ?? this.groups.get(key) ?? this.reroutes.get(key) ?? this.links.get(key);
    return shape?.bounds;
  }

  leastSize(key: Key): Size | undefined {
    return this.nodes.get(key)?.look.layout.least;
  }

  around(keys: Iterable<Key>): Bounds | null {
    return around(Array.from(keys, (key) => this.boundsOf(key)).filter((bounds) => bounds !== undefined));
  }

  everything(): Bounds | null {
    const { nodes, groups, reroutes, borders } = this;
    const shapes = [...nodes.values(), ...groups.values(), ...reroutes.values(), ...borders];
    return around(shapes.map(({ bounds }) => bounds));
  }

  /** The node nearest to the upper left corner, from which a graph is read. */
  first(): NodeShape | undefined {
    const from = ({ bounds }: NodeShape): number => bounds.x + bounds.y;
    return this.allNodes().reduce<NodeShape | undefined>(
      (best, node) => (best === undefined || from(node) < from(best) ? node : best),
      undefined,
    );
  }

  socket(node: Id, side: Side, slot: number): SocketPlace | undefined {
    if (node === SUBGRAPH_INPUT) return side === "outputs" ? this.border("inputs")?.sockets[slot] : undefined;
    if (node === SUBGRAPH_OUTPUT) return side === "inputs" ? this.border("outputs")?.sockets[slot] : undefined;
    const shape = this.nodes.get(nodeKey(this.graph, node));
    return shape && socketOf(shape, side, slot);
  }

  spareSocket(side: Side): SocketPlace | undefined {
    const border = this.border(side);
    if (!border) return undefined;
    const node = side === "inputs" ? SUBGRAPH_INPUT : SUBGRAPH_OUTPUT;
    const end = { node, slot: border.sockets.length };
    return { end, side: side === "inputs" ? "outputs" : "inputs", type: "*", name: "", at: border.spare };
  }

  *sockets(side: Side, bounds?: Bounds): Generator<SocketPlace> {
    const inside = (place: SocketPlace): boolean => bounds === undefined || contains(bounds, place.at);
    for (const shape of bounds ? this.nodeGrid.query(grown(bounds, 1)) : this.nodes.values()) {
      if (shape.look.layout.collapsed) continue;
      for (const place of socketsOf(shape, side)) if (inside(place)) yield place;
    }
    for (const border of this.borders) {
      if (border.side !== side) for (const place of border.sockets) if (inside(place)) yield place;
    }
  }

  // ---- following the document ----

  private take(diff: DocumentDiff): void {
    /** By node: whether more than its own record may have changed. */
    const nodes = new Map<Key, boolean>();
    const links = new Set<Key>();
    let borders = false;
    let elsewhere = false;
    for (const [key, from, to] of steps(diff)) {
      const record = to ?? from;
      if (record === undefined) continue;
      if (key === this.graph) borders = true;
      if (record.kind === "graph" || record.graph !== this.graph) {
        elsewhere ||= key !== this.graph;
        continue;
      }
      switch (record.kind) {
        case "node":
          if (!nodes.has(key)) nodes.set(key, false);
          break;
        case "link":
          links.add(key);
          for (const end of [from, to].flatMap(endsOf)) nodes.set(nodeKey(this.graph, end), true);
          break;
        case "reroute":
          this.reshapeReroute(key);
          for (const link of this.through.get(String(record.id)) ?? []) links.add(link);
          break;
        case "group":
          this.reshapeGroup(key);
          break;
        case "opaque":
          break;
      }
    }
    if (elsewhere)
      for (const { key, look } of this.nodes.values()) if (look.face.kind === "subgraph") nodes.set(key, true);
    for (const key of this.feeding(nodes.keys())) nodes.set(key, true);
    this.reshape(nodes, links, borders);
  }

  /** `nodes`: those to look at, and whether more than their own record may have changed. */
  private reshape(nodes: ReadonlyMap<Key, boolean>, links = new Set<Key>(), borders = false): void {
    for (const [key, anew] of nodes) this.reshapeNode(key, anew);
    const bordersMove = borders || (nodes.size > 0 && this.bordersFloat());
    if (bordersMove) this.reshapeBorders();
    const ends = Array.from(nodes.keys(), (key) => this.record(key, "node")?.id);
    if (bordersMove) ends.push(SUBGRAPH_INPUT, SUBGRAPH_OUTPUT);
    for (const id of ends) {
      if (id !== undefined) for (const { key } of this.document.linksAt(this.graph, id)) links.add(key);
    }
    for (const key of links) this.reshapeLink(key);
    this.tell();
  }

  /** The primitives and reroutes that feed these nodes: they look like what they feed. */
  private feeding(keys: Iterable<Key>): Key[] {
    const found: Key[] = [];
    for (const key of keys) {
      const record = this.document.get(key);
      if (record?.kind !== "node") continue;
      for (const { origin } of this.document.linksAt(this.graph, record.id)) {
        const feeding = this.nodes.get(nodeKey(this.graph, origin.node));
        const { kind } = feeding?.look.face ?? {};
        if (feeding && feeding.key !== key && (kind === "primitive" || kind === "reroute")) found.push(feeding.key);
      }
    }
    return found;
  }

  private reshapeNode(key: Key, anew: boolean): void {
    const before = this.nodes.get(key);
    if (before) this.nodeGrid.remove(before);
    this.nodes.delete(key);
    const record = this.record(key, "node");
    if (!record) return;
    const moved = !anew && before !== undefined && onlyMoved(before.record, record);
    const look = moved
      ? before.look
      : nodeLook(this.faces(key), this.linkedSlots(record.id), this.shown.get(key) ?? NOTHING_SHOWN);
    const shape = nodeShape(record, look);
    this.nodes.set(key, shape);
    this.nodeGrid.add(shape);
  }

  private linkedSlots(node: Id): ReadonlySet<number> {
    const into = this.document
      .linksAt(this.graph, node)
      .filter(({ floating, target }) => !floating && String(target.node) === String(node));
    return new Set(into.map(({ target }) => target.slot));
  }

  private reshapeLink(key: Key): void {
    const before = this.links.get(key);
    if (before) {
      this.linkGrid.remove(before);
      for (const id of before.course) this.through.get(id)?.delete(key);
    }
    this.links.delete(key);
    const record = this.record(key, "link");
    if (!record) return;
    const shape = linkShape(record, this.surroundings);
    this.links.set(key, shape);
    if (shape.curves.length > 0) this.linkGrid.add(shape);
    for (const id of shape.course) {
      const there = this.through.get(id);
      if (there) there.add(key);
      else this.through.set(id, new Set([key]));
    }
  }

  private reshapeReroute(key: Key): void {
    const before = this.reroutes.get(key);
    if (before) this.rerouteGrid.remove(before);
    this.reroutes.delete(key);
    const record = this.record(key, "reroute");
    if (!record) return;
    const shape = rerouteShape(record);
    this.reroutes.set(key, shape);
    this.rerouteGrid.add(shape);
  }

  private reshapeGroup(key: Key): void {
    const record = this.record(key, "group");
    if (record) this.groups.set(key, groupShape(record));
    else this.groups.delete(key);
  }

  private reshapeBorders(): void {
    const graph = this.document.get(this.graph);
    const inner = graph?.kind === "graph" && graph.id !== null;
    const beside = this.bordersFloat() ? around(Array.from(this.nodes.values(), ({ bounds }) => bounds)) : null;
    this.borders = inner ? [borderShape(graph, "inputs", beside), borderShape(graph, "outputs", beside)] : [];
  }

  /** Whether the file does not say where they are. */
  private bordersFloat(): boolean {
    const graph = this.document.get(this.graph);
    return graph?.kind === "graph" && graph.id !== null && (!graph.inputBounds || !graph.outputBounds);
  }

  /** Of the graph that is shown. */
  private record<K extends Kind>(key: Key, kind: K): Extract<DocumentRecord, { kind: K }> | undefined {
    const record = this.document.get(key);
    if (record?.kind !== kind || record.graph !== this.graph) return undefined;
    return record as Extract<DocumentRecord, { kind: K }>;
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

function endsOf(record: DocumentRecord | undefined): Id[] {
  return record?.kind === "link" ? [record.origin.node, record.target.node] : [];
}
