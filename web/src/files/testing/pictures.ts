/** For tests: picture files that have nothing but their metadata. */

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
