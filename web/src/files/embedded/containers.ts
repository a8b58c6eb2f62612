/** Where WebP and JPEG files keep their EXIF block. Knows nothing of what is in it. */

import { CutShortError } from "./cut-short";

const fourLetters = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export function isWebp(bytes: Uint8Array): boolean {
  return fourLetters(bytes, 0) === "RIFF" && fourLetters(bytes, 8) === "WEBP";
}

/** Null where there is none. Throws CutShortError. */
export function exifOfWebp(bytes: Uint8Array): Uint8Array | null {
  const view = viewOf(bytes);
  for (let at = 12; at + 8 <= bytes.length;) {
    const length = view.getUint32(at + 4, true);
    if (at + 8 + length > bytes.length) throw new CutShortError();
    if (fourLetters(bytes, at) === "EXIF") return bytes.subarray(at + 8, at + 8 + length);
    at += 8 + length + (length % 2);
  }
  return null;
}

export function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8;
}

/** Null where there is none. Throws CutShortError. */
export function exifOfJpeg(bytes: Uint8Array): Uint8Array | null {
  const view = viewOf(bytes);
  for (let at = 2; at + 4 <= bytes.length;) {
    const marker = view.getUint16(at);
    if (marker === START_OF_SCAN) return null;
    const length = view.getUint16(at + 2);
    if (at + 2 + length > bytes.length) throw new CutShortError();
    if (marker === APP1 && fourLetters(bytes, at + 4) === "Exif") return bytes.subarray(at + 4, at + 2 + length);
    at += 2 + length;
  }
  return null;
}

const START_OF_SCAN = 0xffda;
const APP1 = 0xffe1;
