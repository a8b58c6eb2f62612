// @vitest-environment node
import { describe, expect, it } from "vitest";

import { CanvasDocument } from "../document/document";
import { strings } from "../i18n/language";
import { missingIn } from "./missing";
import { adviceOn, problemWords } from "./missing-words";
import { modelCommand, type ModelFile } from "./model-files";
import { BASIC } from "./testing/catalogs";
import { NEWER, OLDER } from "./testing/subgraphs";

const report = (...nodes: object[]) => {
  const file = { nodes: nodes.map((node, id) => ({ id, ...node })), links: [] };
  return missingIn(CanvasDocument.open(JSON.stringify(file)).store, BASIC);
};

const OUT = { outputs: [{ name: "x", type: "X" }] };

describe("classes that nobody knows", () => {
  it("are named once, with their nodes and where they come from", () => {
    const { classes } = report(
      { type: "Gone", ...OUT, properties: { cnr_id: "some-pack" } },
      { type: "Gone", ...OUT, title: "Second", mode: 4 },
      { type: "New", ...OUT, properties: { cnr_id: "comfy-core" } },
      { type: "Git", ...OUT, properties: { aux_id: "owner/pack" } },
      { type: "5f0c7a2b-0000-4000-8000-000000000002", ...OUT },
      { type: "KSampler", ...OUT },
      { type: "MarkdownNote" },
      { type: "Label (some pack)" },
    );
    expect(classes.map(({ id, pack }) => [id, pack.kind])).toEqual([
      ["Gone", "pack"],
      ["New", "core"],
      ["Git", "pack"],
      ["5f0c7a2b-0000-4000-8000-000000000002", "subgraph"],
    ]);
    expect(classes[0]?.nodes.map(({ title, runs }) => [title, runs])).toEqual([
      ["Gone", true],
      ["Second", false],
    ]);
    expect(classes[2]?.pack).toMatchObject({ name: "owner/pack", url: "https://github.com/owner/pack" });
    for (const { pack } of classes) expect(adviceOn(pack, strings())).not.toBe("");
  });

  it("are none before it is known which there are", () => {
    const { store } = CanvasDocument.open(JSON.stringify({ nodes: [{ id: 1, type: "Gone", ...OUT }], links: [] }));
    expect(missingIn(store, { ...BASIC, state: "loading" }).classes).toEqual([]);
  });
});

describe("files that are not there", () => {
  const MODEL = { name: "x.safetensors", url: "https://huggingface.co/o/r/resolve/main/x.safetensors?download=true" };

  it("are named once, with what brings them and what can be chosen instead", () => {
    const { files } = report(
      {
        type: "CheckpointLoaderSimple",
        widgets_values: ["x.safetensors"],
        properties: { models: [{ ...MODEL, directory: "checkpoints" }] },
      },
      { type: "CheckpointLoaderSimple", widgets_values: ["x.safetensors"] },
      { type: "CheckpointLoaderSimple", widgets_values: ["sub\\starter.safetensors"] },
      { type: "CheckpointLoaderSimple", widgets_values: ["starter.safetensors"] },
      { type: "LoadImage", widgets_values: ["c.png", "image"] },
      { type: "LoadImage", widgets_values: ["clipspace/c.png [input]", "image"] },
    );
    expect(files.map(({ name, uses }) => [name, uses.map(({ key }) => key)])).toEqual([
      ["x.safetensors", ["graph/node:0", "graph/node:1"]],
      ["sub\\starter.safetensors", ["graph/node:2"]],
      ["c.png", ["graph/node:4"]],
    ]);
    expect(files[0]?.command).toBe(`nodegraph models add '${MODEL.url}' --kind checkpoints`);
    expect(files[1]?.alike).toEqual(["starter.safetensors"]);
    expect(files[2]).toMatchObject({ upload: true, command: null });
  });

  it("are brought by a command that does nothing else, whatever the file says", () => {
    const model = (change: Partial<ModelFile>): ModelFile => ({ ...MODEL, directory: "vae", sha256: null, ...change });
    expect(modelCommand(model({ url: "https://a.b/c;rm -rf ~'$(x)" }))).toBe(
      String.raw`nodegraph models add 'https://a.b/c;rm -rf ~'\''$(x)' --kind vae --name x.safetensors`,
    );
    expect(modelCommand(model({ directory: "vae; reboot" }))).toBe(`nodegraph models add '${MODEL.url}'`);
    expect(modelCommand(model({ url: "file:///etc/passwd" }))).toBeNull();
    expect(modelCommand(model({ url: "https://a.b/y.pt" }), "sub/it's.pt")).toContain(
      String.raw`--name 'sub/it'\''s.pt'`,
    );
    expect(modelCommand(model({ url: "https://a.b/x.safetensors" }))).toBe(
      "nodegraph models add https://a.b/x.safetensors --kind vae",
    );
  });
});

describe("values that would be refused", () => {
  it("are those beyond the limits and those that are no choice", () => {
    const { values } = report(
      { type: "KSampler", widgets_values: [-1, "fixed", 0, "many", "eulr", "simple", 1.5] },
      { type: "KSampler", widgets_values: [0, "fixed", "20", 8, "euler", "simple", 1] },
    );
    expect(values.map(({ label, problem }) => [label, problem.kind])).toEqual([
      ["seed", "too-small"],
      ["steps", "too-small"],
      ["cfg", "no-number"],
      ["sampler_name", "not-an-option"],
      ["denoise", "too-large"],
    ]);
    expect(values.map((wrong) => problemWords(wrong, strings()))).toContain("It must be at least 1.");
  });

  it("are exact beyond 2⁵³", () => {
    const seed = (text: string): string =>
      `{"nodes": [{"id": 1, "type": "KSampler", "widgets_values": [${text}, "fixed"]}], "links": []}`;
    const wrong = (text: string) => missingIn(CanvasDocument.open(seed(text)).store, BASIC).values.length;
    expect([wrong("18446744073709551615"), wrong("18446744073709551616")]).toEqual([0, 1]);
  });

  it("are none where a link gives them", () => {
    const link = { name: "steps", type: "INT", widget: { name: "steps" }, link: 1 };
    const file = {
      nodes: [
        {
          id: 1,
          type: "PrimitiveInt",
          outputs: [{ name: "INT", type: "INT", links: [1] }],
          widgets_values: [3, "fixed"],
        },
        { id: 2, type: "KSampler", inputs: [link], widgets_values: [1, "fixed", 0, 8, "euler", "simple", 1] },
      ],
      links: [[1, 1, 0, 2, 0, "INT"]],
    };
    expect(missingIn(CanvasDocument.open(JSON.stringify(file)).store, BASIC).values).toEqual([]);
  });
});

it("looks into subgraphs once, and says which way in", () => {
  const wrong = NEWER.replace("[11,30]", "[11,0]").replace('"a cat"', '"a cat", "too many"');
  const { values } = missingIn(CanvasDocument.open(wrong).store, BASIC);
  expect(values.map(({ key, label, path }) => [key, label, path.length])).toEqual([["graph/node:8", "steps", 0]]);

  const inside = OLDER.replace('"euler"', '"eulr"');
  const [found, ...others] = missingIn(CanvasDocument.open(inside).store, BASIC).values;
  expect(found).toMatchObject({ label: "sampler_name", path: [{ node: 8 }] });
  expect(others).toEqual([]);
});
