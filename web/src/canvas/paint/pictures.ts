/** Paints the pictures of nodes that have no element of their own, from small copies: they are seen from afar. */

import type { NodeShape } from "../shapes";
import { loadedPicture, previewUrl } from "../pictures";
import type { NodeOverlay } from "../overlay";
import type { Brush } from "./brush";

const WIDTH = 256;
/** Copies that are kept, those asked for last. */
const KEPT = 64;
/** In pixels: what is smaller says nothing. */
const LEAST = 10;

export class PicturePainter {
  /** By address; null: on its way, or not to be had. */
  private readonly copies = new Map<string, ImageBitmap | null>();

  /** `onCome`: another picture can be painted. */
  constructor(private readonly onCome: () => void) {}

  paint(brush: Brush, nodes: readonly NodeShape[]): void {
    for (const { key, record, look } of nodes) {
      const room = look.layout.pictures;
      if (!room || room.width * brush.scale < LEAST) continue;
      const address = addressOf(look.face, brush.overlay(key));
      const copy = address === null ? null : this.copy(address);
      if (!copy) continue;
      const fits = Math.min(room.width / copy.width, room.height / copy.height);
      const [width, height] = [copy.width * fits, copy.height * fits];
      const x = record.position.x + room.x + (room.width - width) / 2;
      const y = record.position.y + room.y + (room.height - height) / 2;
      brush.context.drawImage(copy, x, y, width, height);
    }
  }

  private copy(address: string): ImageBitmap | null {
    const known = this.copies.get(address);
    this.copies.delete(address);
    this.copies.set(address, known ?? null);
    if (known === undefined) void this.fetch(address);
    return known ?? null;
  }

  private async fetch(address: string): Promise<void> {
    try {
      const image = new Image();
      image.src = address;
      await image.decode();
      this.copies.set(address, await createImageBitmap(image, { resizeWidth: WIDTH, resizeQuality: "medium" }));
    } catch {
      return; // It is gone: its place stays empty, and close by the node says so.
    }
    const [oldest] = this.copies.keys();
    if (this.copies.size > KEPT && oldest !== undefined) this.copies.delete(oldest);
    this.onCome();
  }
}

/** Of several pictures the first stands for all. */
function addressOf(face: NodeShape["look"]["face"], overlay: NodeOverlay | undefined): string | null {
  if (overlay?.preview != null) return overlay.preview;
  const picture = overlay?.pictures[0] ?? loadedPicture(face);
  return picture ? previewUrl(picture) : null;
}
