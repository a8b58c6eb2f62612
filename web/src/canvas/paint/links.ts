/** Paints links and their bends. */

import { colourOfType } from "../colours";
import { middleOf, type Curve } from "../curves";

import type { Scene } from "../scene";
import { REROUTE_RADIUS, type LinkShape } from "../shapes";
import { shade, type Brush } from "./brush";

/** One path and one stroke for each colour: setting a colour and beginning a stroke cost more than a curve does. */
export function paintLinks(brush: Brush, scene: Scene): void {
  const { context, scale, lifted, selected, hover } = brush;
  const width = Math.max(2.5, 1 / scale);
  const marked: LinkShape[] = [];
  const live = new Map<string, LinkShape[]>();
  const idle = new Map<string, LinkShape[]>();
  for (const link of scene.linksIn(brush.view)) {
    if (lifted.has(link.key)) continue;
    if (link.key === hover || selected.has(link.key)) marked.push(link);
    const colour = shade(brush, colourOfType(link.type));
    const byColour = link.idle ? idle : live;
    const there = byColour.get(colour);
    if (there) there.push(link);
    else byColour.set(colour, [link]);
  }
  context.lineWidth = width;
  context.globalAlpha = 0.35;
  for (const [colour, links] of idle) strokeLinks(context, colour, links);
  context.globalAlpha = 1;
  for (const [colour, links] of live) strokeLinks(context, colour, links);
  if (marked.length > 0) paintMarked(brush, marked, width);
}

function strokeLinks(context: CanvasRenderingContext2D, colour: string, links: readonly LinkShape[]): void {
  context.strokeStyle = colour;
  context.beginPath();
  for (const { curves } of links) for (const curve of curves) trace(context, curve);
  context.stroke();
}

export function trace(context: CanvasRenderingContext2D, { from, to, reach }: Curve): void {
  context.moveTo(from.x, from.y);
  context.bezierCurveTo(from.x + reach, from.y, to.x - reach, to.y, to.x, to.y);
}

/** Links under the pointer and selected ones: broader, with a dot at their middle. */
function paintMarked(brush: Brush, links: readonly LinkShape[], width: number): void {
  const { context, look, selected } = brush;
  for (const link of links) {
    if (selected.has(link.key)) {
      context.lineWidth = 3 * width;
      strokeLinks(context, look.accent, [link]);
    }
    context.lineWidth = 1.6 * width;
    const colour = shade(brush, colourOfType(link.type));
    strokeLinks(context, colour, [link]);
    const middle = middleOf(link.curves);
    if (middle) dot(context, colour, middle.x, middle.y, 2.4 * width);
  }
}

export function paintReroutes(brush: Brush, scene: Scene): void {
  const { context, look, scale, selected, hover } = brush;
  const radius = Math.max(REROUTE_RADIUS, 3 / scale);
  for (const reroute of scene.reroutesIn(brush.view)) {
    const { x, y } = reroute.record.position;
    const marked = selected.has(reroute.key) || reroute.key === hover;
    dot(context, marked ? look.accent : look.ground, x, y, radius + 2);
    dot(context, shade(brush, colourOfType(scene.typeThrough(reroute))), x, y, radius);
  }
}

function dot(context: CanvasRenderingContext2D, colour: string, x: number, y: number, radius: number): void {
  context.fillStyle = colour;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}
