/** A picture of the server as it is to be masked, and the mask on its way back. Knows no dialog. */

import type { StoredPicture } from "../picture/annotated";
import { uploadMask } from "../picture/upload";
import { Mask } from "./mask";

export interface Loaded {
  /** Where its colours are shown from, those under the mask too. */
  readonly url: string;
  readonly mask: Mask;
}

export class NoPictureError extends Error {}

/** Throws NoPictureError where the server has no such picture. */
export async function loadMask(picture: StoredPicture): Promise<Loaded> {
  const response = await fetch(viewUrl(picture, "a")).catch(() => null);
  if (!response?.ok) throw new NoPictureError(picture.filename);
  // Otherwise what is nearly transparent would lose its alpha to rounding.
  const bitmap = await createImageBitmap(await response.blob(), { premultiplyAlpha: "none" });
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = contextOf(canvas);
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height);
  return { url: viewUrl(picture, "rgb"), mask: Mask.ofAlpha(pixels) };
}

/** Store a copy of the picture that is transparent where it is masked. Throws UploadError. */
export async function saveMask(picture: StoredPicture, mask: Mask): Promise<StoredPicture> {
  const canvas = new OffscreenCanvas(mask.width, mask.height);
  contextOf(canvas).putImageData(new ImageData(mask.toAlpha(), mask.width, mask.height), 0, 0);
  const file = await canvas.convertToBlob({ type: "image/png" });
  return uploadMask(file, `clipspace-mask-${Date.now()}.png`, picture);
}

function viewUrl({ filename, subfolder, type }: StoredPicture, channel: string): string {
  return `/api/view?${new URLSearchParams({ filename, subfolder, type, channel }).toString()}`;
}

function contextOf(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
  const context = canvas.getContext("2d");
  if (!context) throw new NoPictureError("the picture is too large for a canvas");
  return context;
}
