/**
 * The text chunks of a PNG file (PNG specification, third edition, §11.3.3), where pictures carry their workflow.
 * Knows nothing of workflows.
 */

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

export function isPng(bytes: Uint8Array): boolean {
  return SIGNATURE.every((byte, index) => bytes[index] === byte);
}

/** Keyword → text of every tEXt and uncompressed iTXt chunk. Throws RangeError when the file is cut short. */
export function textChunks(bytes: Uint8Array): Map<string, string> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const latin1 = new TextDecoder("latin1");
  const found = new Map<string, string>();
  for (let offset = SIGNATURE.length; offset < bytes.length;) {
    const length = view.getUint32(offset);
    const type = latin1.decode(bytes.subarray(offset + 4, offset + 8));
    const data = bytes.subarray(offset + 8, offset + 8 + length);
    if (data.length < length) throw new RangeError(`chunk ${type} is cut short`);
    const end = data.indexOf(0);
    const keyword = latin1.decode(data.subarray(0, Math.max(end, 0)));
    if (type === "tEXt") found.set(keyword, latin1.decode(data.subarray(end + 1)));
    if (type === "iTXt" && data[end + 1] === 0) found.set(keyword, internationalText(data.subarray(end + 3)));
    if (type === "IEND") break;
    offset += length + 12;
  }
  return found;
}

/** After keyword and compression flags, an iTXt chunk has language tag, NUL, translated keyword, NUL, UTF-8 text. */
function internationalText(data: Uint8Array): string {
  const afterLanguage = data.indexOf(0) + 1;
  return new TextDecoder().decode(data.subarray(data.indexOf(0, afterLanguage) + 1));
}
