/**
 * The texts of an EXIF block (TIFF 6.0, §2), where WebP, JPEG and AVIF pictures carry their workflow. Knows nothing of
 * workflows.
 */

import { CutShortError } from "./cut-short";

const ASCII = 2;
const ENTRY_BYTES = 12;

/** Every text of the first directory, in its order. Throws CutShortError. */
export function exifTexts(bytes: Uint8Array): string[] {
  const block = withoutName(bytes);
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  try {
    const little = view.getUint16(0) === 0x4949; // "II"; else "MM"
    const directory = view.getUint32(4, little);
    const texts: string[] = [];
    for (let index = 0; index < view.getUint16(directory, little); index += 1) {
      const entry = directory + 2 + index * ENTRY_BYTES;
      const length = view.getUint32(entry + 4, little);
      if (view.getUint16(entry + 2, little) !== ASCII) continue;
      // What fits into the entry stands there.
      const start = length <= 4 ? entry + 8 : view.getUint32(entry + 8, little);
      if (start + length > block.length) throw new CutShortError();
      texts.push(textOf(block.subarray(start, start + length)));
    }
    return texts;
  } catch (error) {
    if (error instanceof RangeError) throw new CutShortError();
    throw error;
  }
}

/** JPEG, and some writers of WebP, put a name before the block. */
function withoutName(bytes: Uint8Array): Uint8Array {
  return String.fromCharCode(...bytes.subarray(0, 4)) === "Exif" ? bytes.subarray(6) : bytes;
}

/** They are said to be ASCII, but UTF-8 stands there too. */
function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}
