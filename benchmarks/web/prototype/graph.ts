/**
 * The workflow as the prototype holds it: nodes and links that do not change while it is looked at, and the values of
 * widgets, which do. Knows nothing of drawing.
 */

import { createContext, use } from "react";
import { useStore } from "zustand";
import { createStore, type StoreApi } from "zustand/vanilla";

import { readGraph } from "./read.ts";

export interface Socket {
  readonly name: string;
  readonly type: string;
}

export interface Widget {
  readonly name: string;
  readonly kind: "number" | "combo" | "text";
}

/** `x`, `y`, `width`, `height` are those of the file: the title stands above them. */
export interface GraphNode {
  readonly id: string;
  readonly title: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly inputs: readonly Socket[];
  readonly outputs: readonly Socket[];
  readonly widgets: readonly Widget[];
}

export interface GraphLink {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly output: number;
  readonly target: string;
  readonly input: number;
}

export interface Graph {
  readonly nodes: ReadonlyMap<string, GraphNode>;
  readonly links: ReadonlyMap<string, GraphLink>;
  /** By node, in the order of its widgets. */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

export type GraphStore = StoreApi<Graph>;

export const createGraphStore = (): GraphStore =>
  createStore<Graph>(() => ({ nodes: new Map(), links: new Map(), values: new Map() }));

export function openWorkflow(store: GraphStore, workflow: unknown): void {
  store.setState(readGraph(workflow));
}

/** Adds a node like the first one that stands in the graph, at `x`, `y`. */
export function addNode(store: GraphStore, x: number, y: number): void {
  const { nodes, values } = store.getState();
  const like = nodes.values().next().value;
  if (!like) return;
  const id = `added-${nodes.size}`;
  store.setState({
    nodes: new Map(nodes).set(id, { ...like, id, x, y }),
    values: new Map(values).set(id, values.get(like.id) ?? []),
  });
}

export function setValue(store: GraphStore, id: string, widget: number, value: string): void {
  const { values } = store.getState();
  store.setState({ values: new Map(values).set(id, (values.get(id) ?? []).with(widget, value)) });
}

export const GraphContext = createContext<GraphStore | null>(null);

export function useGraphStore(): GraphStore {
  const store = use(GraphContext);
  if (!store) throw new Error("There is no graph around this component.");
  return store;
}

export function useGraph<Part>(select: (graph: Graph) => Part): Part {
  return useStore(useGraphStore(), select);
}
