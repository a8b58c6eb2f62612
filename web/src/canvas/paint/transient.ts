/** Paints what is there only while somebody's hand is, above everything else. */

import type { Key } from "../../document/records";
import { colourOfType } from "../colours";
import { curve } from "../curves";
import { ROW_SCALE } from "../look";
import type { Scene } from "../scene";
import type { SocketPlace } from "../hit";
import type { Transient } from "../transient";
import { shade, type Brush } from "./brush";
import { trace } from "./links";

/** Whether there is anything of that to paint. */
export function showsAnything({ box, links, accepts, target, guides }: Transient): boolean {
  return box !== null || links.length > 0 || accepts !== null || target !== null || guides.length > 0;
}

export class TransientPainter {
  /** What `accepts` said, by socket: asking it again in every frame would cost more than the painting. */
  private answers = new Map<string, boolean>();
  private asked: Transient["accepts"] = null;

  paint(brush: Brush, scene: Scene, transient: Transient): void {
    if (transient.accepts !== null && brush.scale >= ROW_SCALE) this.paintSockets(brush, scene, transient.accepts);
    paintTarget(brush, scene, transient);
    paintGuides(brush, transient);
    paintLooseLinks(brush, transient);
    paintBox(brush, transient);
  }

  private paintSockets(brush: Brush, scene: Scene, accepts: NonNullable<Transient["accepts"]>): void {
    const { context, look } = brush;
    if (accepts !== this.asked) this.answers.clear();
    this.asked = accepts;
    for (const side of ["inputs", "outputs"] as const) {
      for (const socket of scene.sockets(side, brush.view)) {
        const { at, type } = socket;
        const fits = this.answer(accepts, socket);
        context.fillStyle = fits ? shade(brush, colourOfType(type)) : look.ground;
        context.globalAlpha = fits ? 0.35 : 0.75;
        disc(context, at.x, at.y, fits ? 11 : 6.5);
        context.globalAlpha = 1;
        if (fits) disc(context, at.x, at.y, 6.5);
      }
    }
  }

  private answer(accepts: NonNullable<Transient["accepts"]>, socket: SocketPlace): boolean {
    const name = `${socket.side} ${socket.end.node} ${socket.end.slot}`;
    const known = this.answers.get(name);
    if (known !== undefined) return known;
    const answer = accepts(socket);
    this.answers.set(name, answer);
    return answer;
  }
}

function paintTarget(brush: Brush, scene: Scene, { target }: Transient): void {
  if (target === null) return;
  const { context, look, scale } = brush;
  context.strokeStyle = look.accent;
  if (target.kind === "socket") {
    context.lineWidth = 2.5 / scale;
    context.beginPath();
    context.arc(target.socket.at.x, target.socket.at.y, Math.max(10, 8 / scale), 0, 2 * Math.PI);
    context.stroke();
    return;
  }
  paintThing(brush, scene, target.key);
}

function paintThing({ context, scale }: Brush, scene: Scene, key: Key): void {
  const link = scene.link(key);
  if (link) {
    context.lineWidth = Math.max(6, 4 / scale);
    context.globalAlpha = 0.7;
    context.beginPath();
    for (const piece of link.curves) trace(context, piece);
    context.stroke();
    context.globalAlpha = 1;
    return;
  }
  const bounds = scene.boundsOf(key);
  if (!bounds) return;
  const by = 3 / scale;
  context.lineWidth = by;
  context.strokeRect(bounds.x - by, bounds.y - by, bounds.width + 2 * by, bounds.height + 2 * by);
}

function paintGuides({ context, look, scale }: Brush, { guides }: Transient): void {
  if (guides.length === 0) return;
  context.strokeStyle = look.accent;
  context.lineWidth = 1 / scale;
  context.setLineDash([4 / scale, 3 / scale]);
  context.beginPath();
  for (const { from, to } of guides) {
    context.moveTo(from.x, from.y);
    context.lineTo(to.x, to.y);
  }
  context.stroke();
  context.setLineDash([]);
}

function paintLooseLinks(brush: Brush, { links }: Transient): void {
  const { context, scale } = brush;
  for (const { fixed, side, free, type } of links) {
    context.strokeStyle = shade(brush, colourOfType(type));
    context.fillStyle = context.strokeStyle;
    context.lineWidth = Math.max(3, 2 / scale);
    context.beginPath();
    trace(context, side === "outputs" ? curve(fixed, free) : curve(free, fixed));
    context.stroke();
    disc(context, free.x, free.y, Math.max(4.5, 4 / scale));
  }
}

function paintBox({ context, look, scale }: Brush, { box }: Transient): void {
  if (box === null) return;
  context.fillStyle = look.accentSoft;
  context.strokeStyle = look.accent;
  context.lineWidth = 1 / scale;
  context.fillRect(box.x, box.y, box.width, box.height);
  context.strokeRect(box.x, box.y, box.width, box.height);
}

function disc(context: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}
