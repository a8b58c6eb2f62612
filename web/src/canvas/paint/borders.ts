/** Paints the boxes of a subgraph's own inputs and outputs, which are seen inside of it. */

import { colourOfType } from "../colours";
import { DOM_SCALE, FONT } from "../look";
import type { Scene } from "../scene";
import { SOCKET_RADIUS, type BorderShape } from "../shapes";
import { shade, type Brush } from "./brush";

export function paintBorders(brush: Brush, scene: Scene): void {
  for (const border of scene.bordersIn(brush.view)) paintBorder(brush, border);
}

function paintBorder(brush: Brush, { side, bounds, sockets, spare }: BorderShape): void {
  const { context, look, scale } = brush;
  const { x, y, width, height } = bounds;
  context.fillStyle = look.body;
  context.strokeStyle = look.edge;
  context.lineWidth = Math.max(1, 1 / scale);
  context.beginPath();
  context.roundRect(x, y, width, height, 10);
  context.fill();
  context.stroke();

  const named = scale >= DOM_SCALE * 0.5;
  context.font = `12px ${FONT}`;
  context.textBaseline = "middle";
  context.textAlign = side === "inputs" ? "right" : "left";
  const beside = side === "inputs" ? -12 : 12;
  for (const { at, type, name } of sockets) {
    context.fillStyle = shade(brush, colourOfType(type));
    context.beginPath();
    context.arc(at.x, at.y, SOCKET_RADIUS, 0, 2 * Math.PI);
    context.fill();
    context.fillStyle = look.ink;
    if (named) context.fillText(name, at.x + beside, at.y, width - 44);
  }
  context.textAlign = "left";
  context.strokeStyle = look.dim;
  context.beginPath();
  context.arc(spare.x, spare.y, SOCKET_RADIUS - 1, 0, 2 * Math.PI);
  context.stroke();
}
