/**
 * Whether something would feed itself. A run opens subgraphs up, so an instance passes on to each of its outputs only what
 * leads there inside, and a link inside may close a circle outside.
 */

import { definitionOf } from "../classes/face";
import { declaredSlot } from "../classes/promoted";
import { graphsOf } from "../document/definitions";
import {
  nodeKey,
  ROOT,
  SUBGRAPH_INPUT,
  SUBGRAPH_OUTPUT,
  type GraphRecord,
  type Id,
  type Key,
  type LinkEnd,
} from "../document/records";
import type { DocumentReader } from "../document/store";

/** Whether linking the output `from` to the input `to`, in the place of what feeds it, would close a circle. */
export function closesCircle(document: DocumentReader, graph: Key, from: LinkEnd, to: LinkEnd): boolean {
  return new Flow(document, graph, from, to).closes();
}

/** What flows where once the output `from` is linked to the input `to`. */
class Flow {
  /** The outputs that an input of a definition leads to, by both. */
  private readonly passed = new Map<string, ReadonlySet<number>>();

  constructor(
    private readonly document: DocumentReader,
    private readonly graph: Key,
    private readonly from: LinkEnd,
    private readonly to: LinkEnd,
  ) {}

  closes(): boolean {
    return this.returns(this.graph, this.to) || this.closesAround(this.graph, new Set());
  }

  /** Whether it does where a graph that it changes is an instance. */
  private closesAround(graph: Key, seen: Set<Key>): boolean {
    if (graph === ROOT || seen.has(graph) || !this.leavesBy(graph)) return false;
    seen.add(graph);
    return graphsOf(this.document, ROOT).some((around) => {
      const instances = this.document
        .members(around, "node")
        .filter((node) => definitionOf(this.document, node)?.key === graph);
      const closes = instances.some(({ id }) =>
        this.document
          .linksAt(around, id)
          .some(({ floating, target }) => !floating && is(target.node, id) && this.returns(around, target)),
      );
      return closes || (instances.length > 0 && this.closesAround(around, seen));
    });
  }

  /** Whether anything that comes into a graph leaves it again. */
  private leavesBy(graph: Key): boolean {
    const { inputs } = this.document.need(graph, "graph");
    return inputs.some((_, slot) => this.passes(graph, slot).size > 0);
  }

  /** Whether what comes to an input comes back to it. */
  private returns(graph: Key, input: LinkEnd): boolean {
    return this.reached(graph, this.after(graph, input)).has(this.nameOf(graph, input));
  }

  /** The inputs that what comes to these comes to, with themselves, by what tells them apart. */
  private reached(graph: Key, inputs: readonly LinkEnd[]): Map<string, LinkEnd> {
    const met = new Map<string, LinkEnd>();
    const waiting = [...inputs];
    for (let input = waiting.pop(); input !== undefined; input = waiting.pop()) {
      const name = this.nameOf(graph, input);
      if (met.has(name)) continue;
      met.set(name, input);
      waiting.push(...this.after(graph, input));
    }
    return met;
  }

  /** The inputs that what comes to an input goes on to. */
  private after(graph: Key, { node, slot }: LinkEnd): LinkEnd[] {
    const definition = this.definitionAt(graph, node);
    if (definition === undefined) return this.targets(graph, node);
    const declared = this.declared(graph, node, definition, slot);
    const outputs = declared === null ? NONE : this.passes(definition.key, declared);
    return this.targets(graph, node, outputs);
  }

  /** The outputs of a definition that what comes to one of its inputs leads to. */
  private passes(graph: Key, slot: number): ReadonlySet<number> {
    const name = `${graph} ${slot}`;
    const known = this.passed.get(name);
    if (known !== undefined) return known;
    this.passed.set(name, NONE); // one that holds itself passes nothing on by that
    const reached = this.reached(graph, this.targets(graph, SUBGRAPH_INPUT, new Set([slot])));
    const ends = [...reached.values()].filter(({ node }) => is(node, SUBGRAPH_OUTPUT));
    const outputs = new Set(ends.map((end) => end.slot));
    this.passed.set(name, outputs);
    return outputs;
  }

  /** Where the links from a node lead, or those from some of its outputs. */
  private targets(graph: Key, node: Id, outputs?: ReadonlySet<number>): LinkEnd[] {
    const here = graph === this.graph;
    const leaves = ({ node: from, slot }: LinkEnd): boolean => is(from, node) && (outputs?.has(slot) ?? true);
    const found = this.document
      .linksAt(graph, node)
      .filter(({ floating, origin, target }) => !floating && leaves(origin) && !(here && same(target, this.to)))
      .map(({ target }) => target);
    return here && leaves(this.from) ? [...found, this.to] : found;
  }

  /** All inputs of a node lead on alike; those of an instance, and of the graph itself, each by itself. */
  private nameOf(graph: Key, { node, slot }: LinkEnd): string {
    const apart = is(node, SUBGRAPH_OUTPUT) || this.definitionAt(graph, node) !== undefined;
    return apart ? `${node}:${slot}` : String(node);
  }

  private definitionAt(graph: Key, node: Id): GraphRecord | undefined {
    const record = this.document.get(nodeKey(graph, node));
    return record?.kind === "node" ? definitionOf(this.document, record) : undefined;
  }

  private declared(graph: Key, node: Id, definition: GraphRecord, slot: number): number | null {
    return declaredSlot(this.document.need(nodeKey(graph, node), "node"), definition, slot);
  }
}

const NONE: ReadonlySet<number> = new Set();

const is = (one: Id, other: Id): boolean => String(one) === String(other);
const same = (one: LinkEnd, other: LinkEnd): boolean => is(one.node, other.node) && one.slot === other.slot;
