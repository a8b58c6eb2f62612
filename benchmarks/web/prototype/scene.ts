/** The graph as shapes in a plane, and which of them lie in view. Follows the graph; knows no canvas and no DOM. */

import type { Viewport } from "../contract.ts";
import type { Graph, GraphLink, GraphNode } from "./graph.ts";
import { Grid, type Rect } from "./grid.ts";
import { colourOf, socketY, TITLE_HEIGHT } from "./look.ts";

export interface NodeShape {
  readonly node: GraphNode;
  readonly rect: Rect;
}

/** A Bézier curve from (x1, y1) to (x2, y2) that leaves and arrives level, its handles `reach` long. */
export interface LinkShape {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  readonly reach: number;
  readonly colour: string;
  readonly rect: Rect;
}

export class Scene {
  #graph: Graph = { nodes: new Map(), links: new Map(), values: new Map() };
  #nodes = new Grid<NodeShape>();
  #links = new Grid<LinkShape>();

  /** Takes in what is new. Nodes do not move here; a graph without the last one's nodes is another graph. */
  show(graph: Graph): void {
    const last = this.#graph;
    this.#graph = graph;
    if (graph.nodes === last.nodes && graph.links === last.links) return;
    if (![...last.nodes.keys()].every((id) => graph.nodes.has(id))) {
      this.#nodes = new Grid();
      this.#links = new Grid();
    }
    for (const node of graph.nodes.values()) if (last.nodes.get(node.id) !== node) this.#nodes.add(nodeShape(node));
    for (const link of graph.links.values()) {
      const shape = last.links.get(link.id) === link ? null : linkShape(link, graph);
      if (shape) this.#links.add(shape);
    }
  }

  nodesIn(rect: Rect): Set<NodeShape> {
    return this.#nodes.query(rect);
  }

  linksIn(rect: Rect): Set<LinkShape> {
    return this.#links.query(rect);
  }
}

/** The part of the plane that `width` × `height` pixels show. */
export function viewOf({ x, y, scale }: Viewport, width: number, height: number): Rect {
  return { left: -x / scale, top: -y / scale, right: (width - x) / scale, bottom: (height - y) / scale };
}

function nodeShape(node: GraphNode): NodeShape {
  const { x, y, width, height } = node;
  return { node, rect: { left: x, top: y - TITLE_HEIGHT, right: x + width, bottom: y + height } };
}

function linkShape(link: GraphLink, { nodes }: Graph): LinkShape | null {
  const [source, target] = [nodes.get(link.source), nodes.get(link.target)];
  if (!source || !target) return null;
  const [x1, y1] = [source.x + source.width, source.y + socketY(link.output)];
  const [x2, y2] = [target.x, target.y + socketY(link.input)];
  const reach = Math.max(30, Math.hypot(x2 - x1, y2 - y1) / 4);
  const rect = {
    left: Math.min(x1, x2 - reach),
    top: Math.min(y1, y2),
    right: Math.max(x1 + reach, x2),
    bottom: Math.max(y1, y2),
  };
  return { x1, y1, x2, y2, reach, colour: colourOf(link.type), rect };
}
