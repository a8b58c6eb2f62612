/**
 * The text chunks of a PNG file (PNG specification, third edition, §11.3.3), where pictures carry their workflow.
 * Knows nothing of workflows.
 */

import { CutShortError } from "./cut-short";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

export function isPng(bytes: Uint8Array): boolean {
  return SIGNATURE.every((byte, index) => bytes[index] === byte);
}

/** Keyword → text of every text chunk, packed ones too, and of the `comf` chunks of animations. Throws CutShortError. */
export async function textChunks(bytes: Uint8Array<ArrayBuffer>): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const { type, data } of chunks(bytes)) {
    const read = READERS[type];
    if (read === undefined) continue;
    const end = Math.max(data.indexOf(0), 0);
    found.set(latin1(data.subarray(0, end)), await read(data.subarray(end + 1)));
  }
  return found;
}

type Bytes = Uint8Array<ArrayBuffer>;

/** How to read what stands behind the keyword. */
const READERS: Readonly<Record<string, (rest: Bytes) => Promise<string> | string>> = {
  tEXt: latin1,
  comf: latin1,
  zTXt: async (rest) => latin1(await unpacked(rest.subarray(1))),
  iTXt: async (rest) => {
    // Whether it is packed, how, a language tag, NUL, the keyword in that language, NUL, text in UTF-8.
    const afterLanguage = rest.indexOf(0, 2) + 1;
    const text = rest.subarray(rest.indexOf(0, afterLanguage) + 1);
    return new TextDecoder().decode(rest[0] === 0 ? text : await unpacked(text));
  },
};

function* chunks(bytes: Bytes): Iterable<{ type: string; data: Bytes }> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let offset = SIGNATURE.length; offset < bytes.length;) {
    if (offset + 8 > bytes.length) throw new CutShortError();
    const length = view.getUint32(offset);
    const type = latin1(bytes.subarray(offset + 4, offset + 8));
    const data = bytes.subarray(offset + 8, offset + 8 + length);
    if (data.length < length) throw new CutShortError();
    if (type === "IEND") return;
    yield { type, data };
    offset += length + 12;
  }
}

function latin1(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}

async function unpacked(bytes: Bytes): Promise<Bytes> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  try {
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch {
    throw new CutShortError();
  }
}
