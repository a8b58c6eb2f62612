/**
 * Paints the nodes that have no element of their own, which is how all look from afar. Layer by layer over all of them,
 * so that each fill style is set once for those that share it; plain rectangles, which no path is built for.
 */

import { MODE } from "../../document/records";
import { colourOfNode, colourOfType, inkOn, type Shades } from "../colours";
import { FONT, ROW_SCALE, TITLE_SCALE } from "../look";
import { isNote } from "../layout";
import type { NodeShape } from "../shapes";
import { shade, type Brush } from "./brush";

/** Of titles, in pixels: smaller ones could not be read. */
const LEAST_TEXT = 8.5;

export function paintNodes(brush: Brush, nodes: readonly NodeShape[]): void {
  paintBoxes(brush, nodes);
  if (brush.scale >= ROW_SCALE) paintRows(brush, nodes);
  if (brush.scale >= TITLE_SCALE) paintTitles(brush, nodes);
  paintStates(brush, nodes);
}

function paintBoxes(brush: Brush, nodes: readonly NodeShape[]): void {
  const { context, look } = brush;
  for (const [colour, there] of grouped(nodes, (node) => bodyOf(brush, node))) {
    context.fillStyle = colour;
    for (const { record, look } of there) {
      const { size } = look.layout;
      context.fillRect(record.position.x, record.position.y, size.width, size.height);
    }
  }
  for (const [colour, there] of grouped(nodes, (node) => titleOf(brush, node))) {
    context.fillStyle = colour;
    for (const { bounds, look } of there) context.fillRect(bounds.x, bounds.y, bounds.width, look.layout.title);
  }
  if (brush.scale < ROW_SCALE) return;
  context.strokeStyle = look.edge;
  context.lineWidth = 1 / brush.scale;
  context.beginPath();
  for (const { bounds } of nodes) context.rect(bounds.x, bounds.y, bounds.width, bounds.height);
  context.stroke();
}

/** The same as in nodes/node.module.css. */
const MUTED: Shades = { light: "#eef0f4", dark: "#181a20" };
const BYPASSED = {
  title: { light: "#e3c9f2", dark: "#50345f" },
  body: { light: "#f1e2fa", dark: "#3a2949" },
} as const;

function bodyOf(brush: Brush, { record }: NodeShape): string {
  if (record.mode === MODE.muted) return shade(brush, MUTED);
  if (record.mode === MODE.bypassed) return shade(brush, BYPASSED.body);
  const colour = colourOfNode(record.background);
  return colour ? shade(brush, colour) : brush.look.body;
}

function titleOf(brush: Brush, { record }: NodeShape): string {
  if (record.mode === MODE.muted) return shade(brush, MUTED);
  if (record.mode === MODE.bypassed) return shade(brush, BYPASSED.title);
  const colour = colourOfNode(record.color);
  return colour ? shade(brush, colour) : brush.look.title;
}

function paintRows(brush: Brush, nodes: readonly NodeShape[]): void {
  const { context, look } = brush;
  context.fillStyle = look.row;
  for (const { record, look } of nodes) {
    if (isNote(look.face) || record.mode === MODE.muted) continue;
    const { widgets, said } = look.layout;
    for (const { x, y, width, height } of said ? [...widgets, said] : widgets) {
      context.fillRect(record.position.x + x, record.position.y + y + 2, width, height - 4);
    }
  }
  const dots = new Map<string, number[]>();
  for (const { record, look } of nodes) {
    for (const side of ["inputs", "outputs"] as const) {
      for (const [index, { x, y }] of look.layout[side].entries()) {
        const socket = look.face[side][index];
        // As in the DOM: a widget's dot is there where a link ends at it.
        if (!socket || (socket.widget !== null && !look.linked.has(socket.slot))) continue;
        const { type } = socket;
        const there = dots.get(type);
        if (there) there.push(record.position.x + x, record.position.y + y);
        else dots.set(type, [record.position.x + x, record.position.y + y]);
      }
    }
  }
  for (const [type, places] of dots) {
    context.fillStyle = shade(brush, colourOfType(type));
    for (let at = 0; at < places.length; at += 2) {
      context.fillRect((places[at] ?? 0) - 5, (places[at + 1] ?? 0) - 5, 10, 10);
    }
  }
}

/** No smaller than can be read, so from afar they reach beyond the title bar, and as many letters as there is room for. */
function paintTitles(brush: Brush, nodes: readonly NodeShape[]): void {
  const { context, scale, look } = brush;
  const size = Math.max(13, LEAST_TEXT / scale);
  context.font = `600 ${size}px ${FONT}`;
  context.textBaseline = "middle";
  for (const {
    record,
    bounds,
    look: { face, layout },
  } of nodes) {
    const letters = Math.floor((bounds.width - 16) / (size * 0.6));
    if (letters < 3 || layout.title === 0) continue;
    const text = face.title.length > letters ? `${face.title.slice(0, letters - 1)}…` : face.title;
    const onTitle = size <= layout.title;
    const plain = record.mode === MODE.muted || record.mode === MODE.bypassed;
    const colour = plain ? null : colourOfNode(onTitle ? record.color : record.background);
    context.fillStyle = colour ? shade(brush, inkOn(colour)) : record.mode === MODE.muted ? look.dim : look.ink;
    const y = onTitle ? bounds.y + layout.title / 2 : bounds.y + Math.min(bounds.height / 2, size * 0.75 + 4);
    context.fillText(text, bounds.x + 8, y);
  }
}

/** Frames around what is selected, running, or has failed, and how far it is. */
function paintStates(brush: Brush, nodes: readonly NodeShape[]): void {
  const { context, look, scale, selected } = brush;
  for (const { key, bounds, look: node } of nodes) {
    if (node.face.kind === "missing") frame(brush, bounds, look.failed, 1.5 / scale);
    const overlay = brush.overlay(key);
    const failed = overlay?.phase === "failed" || (overlay?.message ?? null) !== null;
    if (overlay?.phase === "running" || failed) {
      frame(brush, bounds, failed ? look.failed : look.running, 3 / scale);
    }
    if (overlay?.phase === "running" && overlay.fraction !== null) {
      context.fillStyle = look.running;
      const height = Math.max(4, 3 / scale);
      context.fillRect(bounds.x, bounds.y + bounds.height, bounds.width * overlay.fraction, height);
    }
    if (selected.has(key)) frame(brush, bounds, look.accent, 2 / scale);
  }
}

function frame({ context }: Brush, { x, y, width, height }: NodeShape["bounds"], colour: string, by: number): void {
  context.strokeStyle = colour;
  context.lineWidth = by;
  context.strokeRect(x - by / 2, y - by / 2, width + by, height + by);
}

function grouped(nodes: readonly NodeShape[], colourOf: (node: NodeShape) => string): Map<string, NodeShape[]> {
  const groups = new Map<string, NodeShape[]>();
  for (const node of nodes) {
    const colour = colourOf(node);
    const there = groups.get(colour);
    if (there) there.push(node);
    else groups.set(colour, [node]);
  }
  return groups;
}
