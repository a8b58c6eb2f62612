/** For tests: files of pictures, and of tensors, that have nothing but their metadata. */

type Bytes = Uint8Array<ArrayBuffer>;

const letters = (text: string): Bytes => new TextEncoder().encode(text);

export function png(...chunks: Bytes[]): Blob {
  const signature = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return new Blob([signature, ...chunks, pngChunk("IEND", new Uint8Array())]);
}

export function pngText(keyword: string, text: string): Bytes {
  return pngChunk("tEXt", letters(`${keyword}\0${text}`));
}

/** Length, type, data, and four bytes where the checksum goes, which the reader does not check. */
export function pngChunk(type: string, data: Bytes): Bytes {
  const bytes = new Uint8Array(data.length + 12);
  new DataView(bytes.buffer).setUint32(0, data.length);
  bytes.set(letters(type), 4);
  bytes.set(data, 8);
  return bytes;
}

/** A TIFF block whose only directory has these texts, under tags from 0x010f on. */
export function exifBlock(texts: readonly string[], little = true): Bytes {
  const encoded = texts.map((text) => letters(`${text}\0`));
  const start = 8 + 2 + 12 * texts.length + 4;
  const bytes = new Uint8Array(start + encoded.reduce((sum, { length }) => sum + length, 0));
  const view = new DataView(bytes.buffer);
  bytes.set(letters(little ? "II" : "MM"));
  view.setUint16(2, 42, little);
  view.setUint32(4, 8, little);
  view.setUint16(8, texts.length, little);
  let at = start;
  encoded.forEach((text, index) => {
    const entry = 10 + 12 * index;
    view.setUint16(entry, 0x010f + index, little);
    view.setUint16(entry + 2, 2, little);
    view.setUint32(entry + 4, text.length, little);
    view.setUint32(entry + 8, at, little);
    bytes.set(text, at);
    at += text.length;
  });
  return bytes;
}

export function webp(exif: Bytes, name = ""): Blob {
  const block = new Uint8Array([...letters(name), ...exif]);
  const size = new Uint8Array(4);
  const chunk = (type: string, data: Bytes): Bytes => {
    new DataView(size.buffer).setUint32(0, data.length, true);
    return new Uint8Array([...letters(type), ...size, ...data, ...(data.length % 2 ? [0] : [])]);
  };
  const body = new Uint8Array([...letters("WEBP"), ...chunk("VP8 ", new Uint8Array(33)), ...chunk("EXIF", block)]);
  return new Blob([chunk("RIFF", body)]);
}

export function jpeg(exif: Bytes): Blob {
  const segment = (marker: number, data: Bytes): number[] => {
    const length = data.length + 2;
    return [0xff, marker, length >> 8, length & 0xff, ...data];
  };
  const app0 = segment(0xe0, letters("JFIF\0\x01\x01\0\0\x01\0\x01\0\0"));
  const app1 = segment(0xe1, new Uint8Array([...letters("Exif\0\0"), ...exif]));
  return new Blob([new Uint8Array([0xff, 0xd8, ...app0, ...app1, ...segment(0xda, new Uint8Array(10)), 1, 2, 3])]);
}

/** `inside`: the block lies in the directory of the file instead of behind it. */
export function avif(exif: Bytes, { inside = false, parts = 1 } = {}): Blob {
  const box = (type: string, ...content: (Bytes | number[])[]): Bytes => {
    const data = content.flatMap((part) => [...part]);
    return new Uint8Array([...wide(data.length + 8), ...letters(type), ...data]);
  };
  const flags = (version = 0): number[] => [version, 0, 0, 0];
  const item = (id: number, type: string): Bytes => box("infe", flags(2), [0, id, 0, 0], letters(type), [0]);
  const [picture, block] = [new Uint8Array(20).fill(7), new Uint8Array([0, 0, 0, 0, ...exif])];
  const split = Math.floor(block.length / parts);

  const head = box("ftyp", letters("avif"), [0, 0, 0, 0], letters("mif1"));
  const metaFor = (dataAt: number): Bytes => {
    const start = inside ? 0 : dataAt + picture.length;
    const extents = Array.from({ length: parts }, (_, part) => {
      const length = part < parts - 1 ? split : block.length - split * part;
      return [...wide(start + split * part), ...wide(length)];
    });
    return box(
      "meta",
      flags(),
      box("hdlr", flags(), new Uint8Array(20)),
      box("iinf", flags(), [0, 2], item(1, "av01"), item(2, "Exif")),
      box(
        "iloc",
        [...flags(1), 0x44, 0x00, 0, 2],
        [0, 1, 0, 0, 0, 0, 0, 1, ...wide(dataAt), ...wide(picture.length)],
        [0, 2, 0, inside ? 1 : 0, 0, 0, 0, parts, ...extents.flat()],
      ),
      inside ? box("idat", block) : [],
    );
  };
  const dataAt = head.length + metaFor(0).length + 8;
  return new Blob([head, metaFor(dataAt), box("mdat", picture, inside ? [] : block)]);
}

const wide = (value: number): number[] => [value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255];

export function safetensors(metadata: Readonly<Record<string, string>>): Blob {
  const header = letters(JSON.stringify({ __metadata__: metadata, one: { dtype: "U8", shape: [64] } }));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(header.length), true);
  return new Blob([length, header, new Uint8Array(64)]);
}
