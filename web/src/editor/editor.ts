/**
 * One open workflow: its document, what is selected in it, and where the person looks. The document alone is undone;
 * selection and view are not. Knows no files, no server and no drawing.
 */

import { createStore, type StoreApi } from "zustand/vanilla";

import type { CatalogStore } from "../classes/catalog";
import { CanvasDocument } from "../document/document";
import { ROOT, type Id, type Key } from "../document/records";

/** A point of the canvas is shown at `point * scale + (x, y)` pixels. */
export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

/** A subgraph that was entered: which node of the graph around it, and the graph inside. */
export interface Entered {
  readonly node: Id;
  readonly graph: Key;
}

export interface View {
  /** From the root inwards; empty: the root is shown. */
  readonly path: readonly Entered[];
  /** Of the graph that is shown. */
  readonly viewport: Viewport;
  /** Nobody has looked at that graph yet: who draws it chooses the viewport. */
  readonly unseen: boolean;
}

/** The keys of nodes, groups, reroutes and links of the graph that is shown. */
export type Selection = ReadonlySet<Key>;

const ORIGIN: Viewport = { x: 0, y: 0, scale: 1 };

export class Editor {
  readonly selection: StoreApi<Selection> = createStore<Selection>(() => new Set<Key>());
  readonly view: StoreApi<View> = createStore<View>(() => ({ path: [], viewport: ORIGIN, unseen: true }));
  /** Where the person looked in the graphs that are not shown now, by the ids that lead there. */
  private readonly left = new Map<string, Viewport>();

  constructor(
    readonly document: CanvasDocument,
    readonly catalog: CatalogStore,
  ) {
    // What is gone cannot stay selected, and a graph that is gone cannot stay in view.
    document.store.subscribe(() => {
      const selected = this.selection.getState();
      const kept = [...selected].filter((key) => document.store.get(key) !== undefined);
      if (kept.length < selected.size) this.select(kept);
      const { path } = this.view.getState();
      const lost = path.findIndex(({ graph }) => document.store.get(graph) === undefined);
      if (lost >= 0) this.show(path.slice(0, lost));
    });
  }

  /** The graph that is shown. */
  get graph(): Key {
    return graphOf(this.view.getState());
  }

  select(keys: Iterable<Key>): void {
    this.selection.setState(new Set(keys), true);
  }

  look(viewport: Viewport): void {
    this.view.setState({ viewport, unseen: false });
  }

  /** Show the inside of a subgraph's instance. */
  enter(node: Id, graph: Key): void {
    this.show([...this.view.getState().path, { node, graph }]);
  }

  /** Show the graph that `path` leads to, where the person last looked in it. */
  show(path: readonly Entered[]): void {
    const { path: before, viewport, unseen } = this.view.getState();
    if (!unseen) this.left.set(nameOf(before), viewport);
    this.select([]);
    const left = this.left.get(nameOf(path));
    this.view.setState({ path, viewport: left ?? ORIGIN, unseen: left === undefined });
  }
}

export function graphOf({ path }: View): Key {
  return path.at(-1)?.graph ?? ROOT;
}

/** What a run calls a node: `3`, or inside of subgraphs `12:5`. */
export function runId(path: readonly Entered[], node: Id): string {
  return [...path.map((entered) => entered.node), node].join(":");
}

const nameOf = (path: readonly Entered[]): string => path.map(({ node }) => String(node)).join(":");
