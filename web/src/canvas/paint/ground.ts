/** Paints the ground, with dots that show how it moves and how far off it is. */

import type { Brush } from "./brush";

/** Apart in the plane; from farther off only every second is there, and so on. */
const APART = 20;
/** In pixels: more dots than these cost more than all the rest. */
const LEAST = 36;

export function paintGround({ context, look, view, scale }: Brush): void {
  context.fillStyle = look.ground;
  context.fillRect(view.x, view.y, view.width, view.height);
  let apart = APART;
  while (apart * scale < LEAST) apart *= 2;
  const size = 1.5 / scale;
  context.fillStyle = look.dots;
  for (let y = Math.floor(view.y / apart) * apart; y < view.y + view.height; y += apart) {
    for (let x = Math.floor(view.x / apart) * apart; x < view.x + view.width; x += apart) {
      context.fillRect(x, y, size, size);
    }
  }
}
