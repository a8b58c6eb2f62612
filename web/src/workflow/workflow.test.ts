import { describe, expect, it } from "vitest";

import { ownerOf, readWorkflow, replaceText, WorkflowFileError } from "./workflow";

const reasonOf = (read: () => unknown): string => {
  try {
    read();
  } catch (error) {
    if (error instanceof WorkflowFileError) return error.reason;
  }
  return "accepted";
};

describe("API format", () => {
  const text = JSON.stringify({
    "9": { class_type: "SaveImage", inputs: { images: ["8", 0], filename_prefix: "x" } },
    "10": { class_type: "CLIPTextEncode", inputs: { text: "a" }, _meta: { title: "Positive" } },
    "8": { class_type: "VAEDecode", inputs: { samples: ["10", 0] } },
  });

  it("lists every node after what feeds it", () => {
    expect(readWorkflow("w", text).nodes.map((node) => node.id)).toEqual(["10", "8", "9"]);
  });

  it("calls a node by its title, else by its class", () => {
    expect(readWorkflow("w", text).nodes.map((node) => node.title)).toEqual(["Positive", "VAEDecode", "SaveImage"]);
  });

  it("keeps the text as it was, for seeds beyond what JavaScript's numbers hold", () => {
    const seeded = '{"1": {"class_type": "KSampler", "inputs": {"seed": 18446744073709551615}}}';
    expect(readWorkflow("w", seeded).text).toBe(seeded);
  });

  it("survives a cycle, which the server reports", () => {
    const cycle = { a: { class_type: "A", inputs: { x: ["b", 0] } }, b: { class_type: "B", inputs: { x: ["a", 0] } } };
    expect(readWorkflow("w", JSON.stringify(cycle)).nodes.map((node) => node.id)).toEqual(["b", "a"]);
  });
});

describe("canvas format", () => {
  const subgraph = "8f2c6b1e-0000-4000-8000-000000000000";
  const text = JSON.stringify({
    version: 0.4,
    definitions: { subgraphs: [{ id: subgraph, name: "Upscale" }] },
    nodes: [
      { id: 2, type: "SaveImage", order: 2, mode: 0 },
      { id: 1, type: "KSampler", title: "Sampler", order: 0, mode: 4 },
      { id: 3, type: subgraph, order: 1, mode: 2 },
      { id: 4, type: "MarkdownNote", order: 3, mode: 0 },
    ],
  });

  it("lists the nodes that can run, in the order they run, with those that are off marked", () => {
    const { format, nodes } = readWorkflow("w", text);
    expect(format).toBe("canvas");
    expect(nodes.map(({ title, off }) => [title, off])).toEqual([
      ["Sampler", "bypassed"],
      ["Upscale", "muted"],
      ["SaveImage", null],
    ]);
  });

  it("knows which node on the canvas a node of a subgraph belongs to", () => {
    const { nodes } = readWorkflow("w", text);
    expect(ownerOf(nodes, "3:17")?.title).toBe("Upscale");
    expect(ownerOf(nodes, "2")?.title).toBe("SaveImage");
    expect(ownerOf(nodes, "99")).toBeUndefined();
  });
});

it.each([
  ["{", "notJson"],
  ["[1]", "notAWorkflow"],
  ['{"a": 1}', "notAWorkflow"],
  ['{"1": {"inputs": {}}}', "notAWorkflow"],
  ["{}", "emptyWorkflow"],
  ['{"nodes": []}', "emptyWorkflow"],
])("says what is wrong with %s", (text, reason) => {
  expect(reasonOf(() => readWorkflow("w", text))).toBe(reason);
});

describe("one value in the place of another", () => {
  const text =
    '{"1": {"class_type": "Load", "inputs": {"name": "a.ckpt", "seed": 18446744073709551615, "text": "a.ckpt!"}}}';
  const workflow = readWorkflow("w", text, text);

  it("changes that value in file and canvas, and no other letter", () => {
    const changed = text.replace('"a.ckpt"', () => '"$& é.ckpt"');
    expect(replaceText(workflow, "a.ckpt", "$& é.ckpt")).toMatchObject({ text: changed, canvasText: changed });
  });

  it("is null when the value stands nowhere", () => {
    expect(replaceText(workflow, "b.ckpt", "a.ckpt")).toBeNull();
  });
});
