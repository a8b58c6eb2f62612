/**
 * The texts in the header of safetensors files, where saved latents carry their workflow: a length in eight bytes, then
 * JSON. Knows nothing of workflows, and needs nothing behind the header.
 */

import { isObject, parseJson, type JsonObject } from "../../document/json";
import { CutShortError } from "./cut-short";

/** What tells such a file, and how long its header is. */
export const START = 9;
/** The format allows no longer header. */
const LONGEST = 100_000_000;

/** Where the header ends; null where the file is none of that kind. */
export function headerEnd(start: Uint8Array<ArrayBuffer>): number | null {
  if (start.length < START || start[8] !== "{".charCodeAt(0)) return null;
  const length = new DataView(start.buffer, start.byteOffset).getBigUint64(0, true);
  return length <= LONGEST ? 8 + Number(length) : null;
}

/** Throws CutShortError. */
export function headerTexts(bytes: Uint8Array<ArrayBuffer>): Map<string, string> {
  const end = headerEnd(bytes);
  if (end === null || end > bytes.length) throw new CutShortError();
  const metadata = header(bytes.subarray(8, end)).get("__metadata__");
  const entries = isObject(metadata) ? [...metadata] : [];
  return new Map(entries.flatMap(([name, text]) => (typeof text === "string" ? [[name, text] as const] : [])));
}

function header(bytes: Uint8Array): JsonObject {
  try {
    const json = parseJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (isObject(json)) return json;
  } catch {
    // It is told below.
  }
  throw new CutShortError();
}
