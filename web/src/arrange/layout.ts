/**
 * A graph laid out from left to right. What is framed together stays together: the inside of a frame is laid out by
 * itself, then stands as one box among the others. So frames overlap nothing, and links point right except where they
 * run in a circle, from one frame into another and back. Knows boxes and links; what they stand for, and what is to
 * stay in its place, is said elsewhere.
 */

import { Graph, layout } from "@dagrejs/dagre";

import type { Bounds, Point, Size } from "../document/records";
import { around, centre, holds, grown, contains, moved } from "../canvas/bounds";

/** Free space: between columns, where the links run; and above one another. */
const COLUMN_GAP = 80;
const ROW_GAP = 40;
/** Around what a frame holds. */
export const FRAME_PADDING = 20;

export interface Layout<K> {
  readonly boxes: ReadonlyMap<K, Bounds>;
  /** From where to where links lead. Those to what is not among the boxes do not count. */
  readonly links: Iterable<readonly [from: K, to: K]>;
  /** With the height of their titles, which `bounds` include. */
  readonly frames: ReadonlyMap<K, { readonly bounds: Bounds; readonly title: number }>;
}

export interface Arranged<K> {
  /** The upper left corners of the boxes. */
  readonly corners: ReadonlyMap<K, Point>;
  /** Of the frames that hold something; the others stay. */
  readonly frames: ReadonlyMap<K, Bounds>;
}

/** The upper left corner of the whole stays where it is. */
export function arrange<K>(graph: Layout<K>): Arranged<K> {
  const arranging = new Arranging(graph);
  const before = around(graph.boxes.values());
  const { boxes, frames } = arranging.inside(null);
  const after = around(boxes.values());
  if (!before || !after) return { corners: new Map(), frames: new Map() };
  const by = { x: before.x - after.x, y: before.y - after.y };
  return {
    corners: new Map(Array.from(boxes, ([key, { x, y }]) => [key, { x: x + by.x, y: y + by.y }])),
    frames: new Map(Array.from(frames, ([key, bounds]) => [key, moved(bounds, by)])),
  };
}

interface Block<K> {
  readonly boxes: Map<K, Bounds>;
  readonly frames: Map<K, Bounds>;
}

class Arranging<K> {
  /** In which frame a box or a frame lies, that is in the smallest one; null: in none. */
  private readonly parents = new Map<K, K | null>();

  constructor(private readonly graph: Layout<K>) {
    const frames = [...graph.frames].sort(([, one], [, other]) => area(one.bounds) - area(other.bounds));
    for (const [key, box] of graph.boxes) {
      this.parents.set(key, frames.find(([, { bounds }]) => contains(bounds, centre(box)))?.[0] ?? null);
    }
    frames.forEach(([key, inner], index) => {
      const outer = frames.slice(index + 1).find(([, { bounds }]) => holds(bounds, inner.bounds));
      this.parents.set(key, outer?.[0] ?? null);
    });
  }

  /** What lies in a frame, laid out from the origin. */
  inside(frame: K | null): Block<K> {
    const blocks = new Map<K, Block<K>>();
    const sizes = new Map<K, Bounds>();
    for (const [key, parent] of this.parents) {
      if (parent !== frame) continue;
      const block = this.graph.frames.has(key) ? this.framed(key) : this.single(key);
      const bounds = block && (block.frames.get(key) ?? block.boxes.get(key));
      if (!block || !bounds) continue;
      blocks.set(key, block);
      sizes.set(key, bounds);
    }
    const whole: Block<K> = { boxes: new Map(), frames: new Map() };
    for (const [key, corner] of columns(sizes, this.linksAmong(sizes))) {
      const block = blocks.get(key);
      const from = sizes.get(key);
      if (!block || !from) continue;
      const by = { x: corner.x - from.x, y: corner.y - from.y };
      for (const [inner, box] of block.boxes) whole.boxes.set(inner, moved(box, by));
      for (const [inner, bounds] of block.frames) whole.frames.set(inner, moved(bounds, by));
    }
    return whole;
  }

  private single(key: K): Block<K> | null {
    const box = this.graph.boxes.get(key);
    return box ? { boxes: new Map([[key, box]]), frames: new Map() } : null;
  }

  /** A frame, drawn close around what lies in it; null where nothing does. */
  private framed(frame: K): Block<K> | null {
    const block = this.inside(frame);
    const content = around([...block.boxes.values(), ...block.frames.values()]);
    if (!content) return null;
    const title = this.graph.frames.get(frame)?.title ?? 0;
    const { x, y, width, height } = grown(content, FRAME_PADDING);
    block.frames.set(frame, { x, y: y - title, width, height: height + title });
    return block;
  }

  /** The links between these, each standing for all that lies in it. */
  private linksAmong(sizes: ReadonlyMap<K, unknown>): [K, K][] {
    const owner = (key: K): K | null => {
      let at: K | null | undefined = key;
      while (at !== null && at !== undefined && !sizes.has(at)) at = this.parents.get(at);
      return at ?? null;
    };
    return Array.from(this.graph.links, ([from, to]) => [owner(from), owner(to)] as const).filter(
      (link): link is [K, K] => link[0] !== null && link[1] !== null && link[0] !== link[1],
    );
  }
}

/** Where each box goes when all are laid out in columns; from the origin on. */
function columns<K>(sizes: ReadonlyMap<K, Size>, links: readonly [K, K][]): Map<K, Point> {
  const keys = [...sizes.keys()];
  const names = new Map(keys.map((key, index) => [key, String(index)]));
  const graph = new Graph();
  graph.setGraph({ rankdir: "LR", ranksep: COLUMN_GAP, nodesep: ROW_GAP });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const [key, { width, height }] of sizes) graph.setNode(names.get(key) ?? "", { width, height });
  for (const [from, to] of links) graph.setEdge(names.get(from) ?? "", names.get(to) ?? "");
  layout(graph);
  return new Map(
    keys.map((key) => {
      // The library says where the middle is.
      const { x = 0, y = 0, width = 0, height = 0 } = graph.node(names.get(key) ?? "") as Partial<Bounds>;
      return [key, { x: Math.round(x - width / 2), y: Math.round(y - height / 2) }];
    }),
  );
}

const area = ({ width, height }: Size): number => width * height;
