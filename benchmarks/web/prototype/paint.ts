/**
 * Paints the part of a scene that lies in a rectangle of the plane. The context's transform is already set, so
 * everything here is in the plane's own units. Knows neither viewport nor element.
 */

import type { Rect } from "./grid.ts";
import {
  COLOURS,
  colourOf,
  DOM_SCALE,
  ROW_HEIGHT,
  ROW_SCALE,
  socketY,
  TITLE_HEIGHT,
  TITLE_SCALE,
  WIDGET_HEIGHT,
  widgetsY,
} from "./look.ts";
import type { LinkShape, NodeShape, Scene } from "./scene.ts";

/** Links, and the nodes that at this scale have no element of their own. */
export function paint(context: CanvasRenderingContext2D, scene: Scene, rect: Rect, scale: number): void {
  paintLinks(context, scene.linksIn(rect), scale);
  if (scale < DOM_SCALE) paintNodes(context, [...scene.nodesIn(rect)], scale);
}

/** One path and one stroke for each colour: setting a colour and beginning a stroke cost more than a curve does. */
function paintLinks(context: CanvasRenderingContext2D, links: Iterable<LinkShape>, scale: number): void {
  context.lineWidth = Math.max(2.5, 1 / scale);
  for (const [colour, shapes] of Map.groupBy(links, (link) => link.colour)) {
    context.strokeStyle = colour;
    context.beginPath();
    for (const { x1, y1, x2, y2, reach } of shapes) {
      context.moveTo(x1, y1);
      context.bezierCurveTo(x1 + reach, y1, x2 - reach, y2, x2, y2);
    }
    context.stroke();
  }
}

/** Layer by layer over all nodes, so that each fill style is set once; plain rectangles, which no path is built for. */
function paintNodes(context: CanvasRenderingContext2D, nodes: readonly NodeShape[], scale: number): void {
  context.fillStyle = COLOURS.body;
  for (const { node } of nodes) context.fillRect(node.x, node.y, node.width, node.height);
  context.fillStyle = COLOURS.title;
  for (const { node } of nodes) context.fillRect(node.x, node.y - TITLE_HEIGHT, node.width, TITLE_HEIGHT);
  if (scale < ROW_SCALE) return;
  paintRows(context, nodes);
  if (scale >= TITLE_SCALE) paintTitles(context, nodes);
}

function paintRows(context: CanvasRenderingContext2D, nodes: readonly NodeShape[]): void {
  context.fillStyle = COLOURS.row;
  for (const { node } of nodes) {
    const top = node.y + widgetsY(node);
    for (const [index, widget] of node.widgets.entries()) {
      const height = widget.kind === "text" ? node.y + node.height - top - 8 : ROW_HEIGHT;
      context.fillRect(node.x + 10, top + WIDGET_HEIGHT * index, node.width - 20, height);
    }
  }
  const sockets = nodes.flatMap(({ node }) => [
    ...node.inputs.map(({ type }, index) => ({ type, x: node.x, y: node.y + socketY(index) })),
    ...node.outputs.map(({ type }, index) => ({ type, x: node.x + node.width, y: node.y + socketY(index) })),
  ]);
  for (const [type, dots] of Map.groupBy(sockets, (socket) => socket.type)) {
    context.fillStyle = colourOf(type);
    for (const { x, y } of dots) context.fillRect(x - 5, y - 5, 10, 10);
  }
}

function paintTitles(context: CanvasRenderingContext2D, nodes: readonly NodeShape[]): void {
  context.fillStyle = COLOURS.text;
  context.font = "600 13px system-ui, 'Noto Sans', 'Liberation Sans', sans-serif";
  context.textBaseline = "middle";
  for (const { node } of nodes) context.fillText(node.title, node.x + 10, node.y - TITLE_HEIGHT / 2, node.width - 20);
}
