/** Paints frames: behind everything else, larger ones where they stand in the file. */

import { colourOfNode } from "../colours";
import { FONT } from "../look";
import type { Scene } from "../scene";
import { DEFAULT_FONT_SIZE, groupTitleHeight, type GroupShape } from "../shapes";
import type { Brush } from "./brush";

export function paintGroups(brush: Brush, scene: Scene): void {
  for (const group of scene.groupsIn(brush.view)) paintGroup(brush, group);
}

function paintGroup(brush: Brush, { key, record, bounds }: GroupShape): void {
  const { context, look, scale, selected, hover } = brush;
  const { x, y, width, height } = bounds;
  const colour = frameColour(brush, record.color);
  const title = Math.min(groupTitleHeight(record), height);

  context.fillStyle = colour;
  context.globalAlpha = brush.scheme === "dark" ? 0.16 : 0.14;
  context.fillRect(x, y, width, height);
  context.globalAlpha = brush.scheme === "dark" ? 0.3 : 0.26;
  context.fillRect(x, y, width, title);
  context.globalAlpha = 1;

  const marked = selected.has(key) || hover === key;
  context.strokeStyle = marked ? look.accent : colour;
  context.lineWidth = (marked ? 2 : 1) / scale;
  context.strokeRect(x, y, width, height);
  if (marked) paintCorner(brush, bounds);

  const size = record.fontSize ?? DEFAULT_FONT_SIZE;
  // A frame's title is to be read from afar too, where there is room.
  const shown = Math.max(size, Math.min(10 / scale, height / 2));
  if (shown * scale < 6) return;
  const letters = Math.floor((width - size) / (shown * 0.56));
  if (letters < 2) return;
  context.font = `600 ${shown}px ${FONT}`;
  context.textBaseline = "middle";
  context.fillStyle = look.ink;
  const text = record.title.length > letters ? `${record.title.slice(0, letters - 1)}…` : record.title;
  context.fillText(text, x + size / 2, y + Math.max(title, shown * 1.4) / 2);
}

function paintCorner({ context, look, scale }: Brush, { x, y, width, height }: GroupShape["bounds"]): void {
  const size = Math.max(14, 14 / scale);
  context.fillStyle = look.accent;
  context.beginPath();
  context.moveTo(x + width, y + height - size);
  context.lineTo(x + width, y + height);
  context.lineTo(x + width - size, y + height);
  context.fill();
}

/** The file's colour on either page: a frame is a tint of it, so it need not be turned about. */
function frameColour(brush: Brush, colour: string | null): string {
  const shades = colourOfNode(colour);
  return shades ? shades.dark : brush.look.group;
}
