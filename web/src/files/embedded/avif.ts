/**
 * Where AVIF pictures keep their EXIF block: as an item that the `meta` box lists and locates (ISO/IEC 14496-12, §8.11;
 * the item itself ISO/IEC 23008-12, annex A). Knows nothing of what is in it.
 */

import { CutShortError } from "./cut-short";

type Bytes = Uint8Array<ArrayBuffer>;

const BRANDS = ["avif", "avis"];

export function isAvif(bytes: Bytes): boolean {
  return new Reader(bytes, 4).letters() === "ftyp" && BRANDS.includes(new Reader(bytes, 8).letters());
}

/** Null where there is none. Throws CutShortError. */
export function exifOfAvif(bytes: Bytes): Bytes | null {
  try {
    const meta = boxes(bytes).get("meta");
    const inner = meta && boxes(meta.subarray(FLAGS));
    const [info, places] = [inner?.get("iinf"), inner?.get("iloc")];
    const item = info && exifItem(info);
    if (item === undefined || !places) return null;
    const data = joined(extentsOf(places, item), bytes, inner?.get("idat"));
    // The block does not begin at once: its first four bytes say how far behind them it does.
    return data === null ? null : data.subarray(4 + new Reader(data).number(4));
  } catch (error) {
    if (error instanceof RangeError) throw new CutShortError();
    throw error;
  }
}

/** Of full boxes: a version, and flags, stand before what they hold. */
const FLAGS = 4;

/** The boxes that follow each other, by type; of several of a type the first. */
function boxes(bytes: Bytes): Map<string, Bytes> {
  const found = new Map<string, Bytes>();
  for (let at = 0; at < bytes.length;) {
    const reader = new Reader(bytes, at);
    const short = reader.number(4);
    const type = reader.letters();
    const length = short === 1 ? reader.number(8) : short === 0 ? bytes.length - at : short;
    if (at + length > bytes.length || length < reader.at - at) throw new CutShortError();
    if (!found.has(type)) found.set(type, bytes.subarray(reader.at, at + length));
    at += length;
  }
  return found;
}

/** The id of the item that is EXIF. */
function exifItem(info: Bytes): number | undefined {
  const entries = info.subarray(FLAGS + (info[0] === 0 ? 2 : 4));
  for (let at = 0; at < entries.length;) {
    const length = new Reader(entries, at).number(4);
    const reader = new Reader(entries, at + 8);
    const version = reader.number(1);
    reader.skip(3);
    const id = reader.number(version === 3 ? 4 : 2);
    reader.skip(2); // protection
    if (version >= 2 && reader.letters() === "Exif") return id;
    if (length < 8) throw new CutShortError();
    at += length;
  }
  return undefined;
}

interface Extent {
  /** Counted from the beginning of the file, or of the `idat` box. */
  readonly within: "file" | "idat" | null;
  readonly start: number;
  /** 0: all of it. */
  readonly length: number;
}

/** The parts of an item, in their order. */
function extentsOf(places: Bytes, wanted: number): Extent[] {
  const reader = new Reader(places);
  const version = reader.number(1);
  reader.skip(3);
  const [sizes, more] = [reader.number(1), reader.number(1)];
  const [offsetSize, lengthSize, baseSize] = [sizes >> 4, sizes & 15, more >> 4];
  const indexSize = version === 0 ? 0 : more & 15;
  for (let left = reader.number(version < 2 ? 2 : 4); left > 0; left -= 1) {
    const id = reader.number(version < 2 ? 2 : 4);
    const method = version === 0 ? 0 : reader.number(2) & 15;
    reader.skip(2); // the file it is in: this one
    const base = reader.number(baseSize);
    const extents = Array.from({ length: reader.number(2) }, (): Extent => {
      reader.skip(indexSize);
      const start = base + reader.number(offsetSize);
      return { within: method === 0 ? "file" : method === 1 ? "idat" : null, start, length: reader.number(lengthSize) };
    });
    if (id === wanted) return extents;
  }
  return [];
}

/** Null where a part lies elsewhere, or there is none. */
function joined(extents: readonly Extent[], file: Bytes, idat: Bytes | undefined): Bytes | null {
  const parts: Bytes[] = [];
  for (const { within, start, length } of extents) {
    const source = within === "file" ? file : within === "idat" ? idat : undefined;
    if (source === undefined) return null;
    const end = length === 0 ? source.length : start + length;
    if (end > source.length) throw new CutShortError();
    parts.push(source.subarray(start, end));
  }
  const [first, ...others] = parts;
  if (first === undefined) return null;
  return others.length === 0 ? first : new Uint8Array(parts.flatMap((part) => [...part]));
}

/** Reads numbers, the most significant byte first. Beyond the end it throws RangeError. */
class Reader {
  private readonly view: DataView;

  constructor(
    bytes: Bytes,
    public at = 0,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  number(size: number): number {
    let value = 0;
    for (let left = size; left > 0; left -= 1) value = value * 256 + this.view.getUint8(this.at++);
    return value;
  }

  letters(): string {
    return String.fromCharCode(this.number(1), this.number(1), this.number(1), this.number(1));
  }

  skip(size: number): void {
    this.at += size;
  }
}
