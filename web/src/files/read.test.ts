import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

import { avif, exifBlock, jpeg, pngChunk, png, pngText, safetensors, webp } from "./testing/pictures";
import { readFile, readText } from "./read";

const PROMPT = '{"3": {"class_type": "KSampler", "inputs": {"seed": 18446744073709551615}}}';
const CANVAS = '{"version": 0.4, "nodes": [{"id": 3, "type": "KSampler", "order": 0, "mode": 0}]}';

describe("a text", () => {
  it("is told by its format and kept to the letter", () => {
    expect(readText(CANVAS)).toEqual({ format: "canvas", text: CANVAS });
    expect(readText(PROMPT)).toEqual({ format: "api", text: PROMPT });
  });

  it("may be what was sent to a queue, of which the drawing is taken if it is there", () => {
    const sent = `{"prompt": ${PROMPT}, "client_id": "x", "extra_data": {"extra_pnginfo": {"workflow": ${CANVAS}}}}`;
    expect(readText(sent).format).toBe("canvas");
    expect(JSON.parse(readText(sent).text)).toEqual(JSON.parse(CANVAS));
    const bare = readText(`{"prompt": ${PROMPT}}`);
    expect(bare.format).toBe("api");
    expect(bare.text).toContain("18446744073709551615");
  });

  it("may hold the numbers that Python writes and JSON does not have, but not in words", () => {
    const text = '{"nodes": [{"id": 1, "type": "A", "widgets_values": [NaN, -Infinity, "NaN and \\"Infinity\\""]}]}';
    expect(readText(text).text).toBe(
      '{"nodes": [{"id": 1, "type": "A", "widgets_values": [null, null, "NaN and \\"Infinity\\""]}]}',
    );
  });

  it.each([
    ["a lighthouse", "notJson"],
    ["[]", "notAWorkflow"],
    ["7", "notAWorkflow"],
    ['{"name": "x"}', "notAWorkflow"],
    ['{"3": {"class_type": "K"}, "4": 7}', "notAWorkflow"],
    ["{}", "emptyWorkflow"],
  ])("that is no workflow is refused as such: %s", (text, reason) => {
    expect(() => readText(text)).toThrow(reason);
  });
});

describe("a picture", () => {
  const carriers: [string, (texts: Record<string, string>) => Blob][] = [
    ["PNG", (texts) => png(...Object.entries(texts).map(([key, text]) => pngText(key, text)))],
    ["WebP", (texts) => webp(exifBlock(named(texts)))],
    ["WebP with a named block", (texts) => webp(exifBlock(named(texts)), "Exif\0\0")],
    ["WebP, the other byte order", (texts) => webp(exifBlock(named(texts), false))],
    ["JPEG", (texts) => jpeg(exifBlock(named(texts)))],
    ["AVIF", (texts) => avif(exifBlock(named(texts)))],
    ["AVIF, the block within its directory", (texts) => avif(exifBlock(named(texts)), { inside: true })],
    ["AVIF, the block in two parts", (texts) => avif(exifBlock(named(texts)), { parts: 2 })],
  ];
  const named = (texts: Record<string, string>): string[] =>
    Object.entries(texts).map(([key, text]) => `${key}:${text}`);

  it.each(carriers)("as %s gives what was drawn, else what ran", async (_, carrier) => {
    expect(await readFile(carrier({ prompt: PROMPT, workflow: CANVAS }))).toEqual({ format: "canvas", text: CANVAS });
    expect(await readFile(carrier({ prompt: PROMPT }))).toEqual({ format: "api", text: PROMPT });
  });

  it.each(carriers)("as %s without a workflow is refused as such", async (_, carrier) => {
    await expect(readFile(carrier({ Software: "x" }))).rejects.toMatchObject({ reason: "noMetadata" });
  });

  it.each(carriers)("as %s that is cut short anywhere never opens as something else", async (_, carrier) => {
    const whole = await carrier({ workflow: CANVAS }).arrayBuffer();
    for (let length = 16; length < whole.byteLength - 16; length += 7) {
      const read = readFile(new Blob([whole.slice(0, length)])).then(({ text }) => text);
      await expect(read.catch((error: unknown) => (error as Error).message)).resolves.toMatch(/^(damaged|noMetadata)$/);
    }
  });

  it("may carry text in UTF-8 and packed chunks", async () => {
    const text = '{"3": {"class_type": "Text", "inputs": {"text": "花"}}}';
    const utf8 = new TextEncoder().encode(`prompt\0\0\0de\0Übersetzt\0${text}`);
    expect((await readFile(png(pngChunk("iTXt", utf8)))).text).toBe(text);
    const packed = await deflated(new TextEncoder().encode(CANVAS));
    const keyword = new TextEncoder().encode("workflow\0\0");
    expect((await readFile(png(pngChunk("zTXt", new Uint8Array([...keyword, ...packed]))))).text).toBe(CANVAS);
  });
});

describe("tensors", () => {
  it("give what was drawn, else what ran", async () => {
    expect(await readFile(safetensors({ prompt: PROMPT, workflow: CANVAS }))).toEqual({
      format: "canvas",
      text: CANVAS,
    });
    expect(await readFile(safetensors({ prompt: PROMPT }))).toEqual({ format: "api", text: PROMPT });
  });

  it("without a workflow are told from pictures without", async () => {
    await expect(readFile(safetensors({ format: "pt" }))).rejects.toMatchObject({ reason: "noMetadataInTensors" });
  });

  it("are not read beyond their header", async () => {
    const whole = safetensors({ workflow: CANVAS });
    const read: number[] = [];
    const slice = whole.slice.bind(whole);
    whole.slice = (start, end, type) => {
      const part = slice(start, end, type);
      read.push(part.size);
      return part;
    };
    whole.arrayBuffer = () => Promise.reject(new RangeError("larger than memory"));
    expect((await readFile(whole)).text).toBe(CANVAS);
    expect(Math.max(...read)).toBeLessThan(whole.size);
  });

  it("that are cut short are told as such", async () => {
    const whole = await safetensors({ workflow: CANVAS }).arrayBuffer();
    await expect(readFile(new Blob([whole.slice(0, 40)]))).rejects.toMatchObject({ reason: "damaged" });
  });
});

it("reads the starter's examples as they are", async () => {
  const bytes = readFileSync("../workflows/text-to-image.json");
  expect(await readFile(new Blob([bytes]))).toEqual({ format: "canvas", text: bytes.toString("utf8") });
});

async function deflated(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
