/**
 * Which nodes stand in the DOM: those near the view, while it is near enough to read them, and those in use wherever
 * they are. React is asked only when the view has left what is there, not in every frame of a pan, and then for a few
 * nodes at a time: a node that is not there yet is painted meanwhile.
 */

import { createStore, type StoreApi } from "zustand/vanilla";

import type { Bounds, Key } from "../document/records";
import { grown, holds, overlap } from "./bounds";
import { DOM_SCALE } from "./look";
import type { Scene } from "./scene";
import type { NodeShape } from "./shapes";

/** Nodes so many pixels outside the view are there already, so that a frame seldom has to add any. */
const MARGIN = 300;
/** How many are added in one frame. */
const AT_ONCE = 8;

export class Mounted {
  /** Those drawn above others behind them. */
  readonly nodes: StoreApi<readonly NodeShape[]> = createStore<readonly NodeShape[]>(() => []);
  private keys: ReadonlySet<Key> = new Set();
  /** The part of the plane whose nodes are there; null: more are to come, or others. */
  private reached: Bounds | null = null;

  constructor(private readonly scene: Scene) {}

  get present(): ReadonlySet<Key> {
    return this.keys;
  }

  /** The scene is another. */
  invalidate(): void {
    this.reached = null;
  }

  /** `kept`: those that are in use. Returns whether more are to come. */
  update(view: Bounds, scale: number, kept: ReadonlySet<Key>): boolean {
    if (this.reached && holds(this.reached, view) && scale >= DOM_SCALE) return false;
    const wanted = scale >= DOM_SCALE ? grown(view, MARGIN / scale) : null;
    const near = wanted ? this.scene.nodesIn(wanted) : [];
    const far = Array.from(kept, (key) => this.scene.node(key)).filter((node) => node !== undefined);
    const all = new Map([...near, ...far].map((node) => [node.key, node]));

    const added = [...all.values()].filter(({ key }) => !this.keys.has(key));
    // Those in view come first, as somebody waits for them.
    const first = added.filter(({ key, bounds }) => kept.has(key) || overlap(bounds, view));
    const later = added.filter((node) => !first.includes(node));
    const postponed = [...first, ...later].slice(AT_ONCE);
    for (const { key } of postponed) all.delete(key);

    const nodes = [...all.values()].sort((one, other) => one.record.place - other.record.place);
    const before = this.nodes.getState();
    const same = nodes.length === before.length && nodes.every((node, index) => node === before[index]);
    this.keys = new Set(all.keys());
    if (!same) this.nodes.setState(nodes, true);
    this.reached = postponed.length > 0 ? null : wanted;
    return postponed.length > 0;
  }
}
