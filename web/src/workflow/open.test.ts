import { describe, expect, it } from "vitest";

import { openWorkflow } from "./open";

const PROMPT = '{"3": {"class_type": "KSampler", "inputs": {"seed": 18446744073709551615}}}';
const CANVAS = '{"version": 0.4, "nodes": [{"id": 3, "type": "KSampler", "order": 0, "mode": 0}]}';

describe("a JSON file", () => {
  it("is read under its name without the extension", async () => {
    const workflow = await openWorkflow(new File([CANVAS], "portrait v2.json"));
    expect([workflow.title, workflow.format, workflow.text]).toEqual(["portrait v2", "canvas", CANVAS]);
  });
});

describe("a picture", () => {
  it("gives what made it, and keeps the canvas for the pictures to come", async () => {
    const workflow = await openWorkflow(png(tEXt("prompt", PROMPT), tEXt("workflow", CANVAS)));
    expect([workflow.format, workflow.text, workflow.canvasText]).toEqual(["api", PROMPT, CANVAS]);
  });

  it("gives the canvas when that is all it carries", async () => {
    const workflow = await openWorkflow(png(tEXt("Software", "x"), tEXt("workflow", CANVAS)));
    expect([workflow.format, workflow.text]).toEqual(["canvas", CANVAS]);
  });

  it("may carry text in UTF-8 chunks", async () => {
    const text = '{"3": {"class_type": "Text", "inputs": {"text": "花"}}}';
    const data = new TextEncoder().encode(`prompt\0\0\0de\0Übersetzt\0${text}`);
    expect((await openWorkflow(png(chunk("iTXt", data)))).text).toBe(text);
  });

  it("without metadata is refused as such", async () => {
    await expect(openWorkflow(png())).rejects.toMatchObject({ reason: "noMetadata" });
  });

  it("that is cut short is refused as such", async () => {
    const whole = await png(tEXt("prompt", PROMPT)).arrayBuffer();
    for (const length of [9, 20, 60]) {
      const cut = new File([whole.slice(0, length)], "cut.png");
      await expect(openWorkflow(cut)).rejects.toMatchObject({ reason: "damagedPng" });
    }
  });
});

function png(...chunks: Uint8Array<ArrayBuffer>[]): File {
  const signature = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return new File([signature, ...chunks, chunk("IEND", new Uint8Array())], "picture.png");
}

function tEXt(keyword: string, text: string): Uint8Array<ArrayBuffer> {
  return chunk("tEXt", new TextEncoder().encode(`${keyword}\0${text}`));
}

/** Length, type, data, and four bytes where the checksum goes, which the reader does not check. */
function chunk(type: string, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(data.length + 12);
  new DataView(bytes.buffer).setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  return bytes;
}
