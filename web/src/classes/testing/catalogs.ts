/** For tests: some classes as a server describes them, and the classes that a set of files shows. */

import type { Json } from "../../document/json";
import { graphKey, ROOT, type DocumentRecord, type NodeRecord } from "../../document/records";
import type { DocumentStore } from "../../document/store";
import { withEditorClasses, type Catalog } from "../catalog";
import { inputSpec } from "../input-spec";
import { readObjectInfo } from "../object-info";
import type { InputSpec, NodeClass } from "../types";

/** The classes of an answer of `/object_info`, and the editor's. */
export function catalogOf(info: string): Catalog {
  return { state: "known", classes: withEditorClasses(readObjectInfo(info).values()) };
}

export const BASIC: Catalog = catalogOf(
  JSON.stringify({
    CheckpointLoaderSimple: {
      input: { required: { ckpt_name: [["starter.safetensors", "other.safetensors"], {}] } },
      output: ["MODEL", "CLIP", "VAE"],
      display_name: "Load Checkpoint",
      category: "loaders",
      python_module: "nodes",
    },
    CLIPTextEncode: {
      input: { required: { text: ["STRING", { multiline: true, dynamicPrompts: true }], clip: ["CLIP"] } },
      output: ["CONDITIONING"],
      display_name: "CLIP Text Encode (Prompt)",
      category: "conditioning",
      search_aliases: ["prompt"],
    },
    KSampler: {
      input: {
        required: {
          model: ["MODEL"],
          seed: ["INT", { default: 0, min: 0, max: "MAX", control_after_generate: true, tooltip: "The noise." }],
          steps: ["INT", { default: 20, min: 1, max: 10000 }],
          cfg: ["FLOAT", { default: 8, min: 0, max: 100, step: 0.1, round: 0.01 }],
          sampler_name: [["euler", "heun", "ddim"], {}],
          scheduler: [["simple", "karras"], {}],
          positive: ["CONDITIONING"],
          negative: ["CONDITIONING"],
          latent_image: ["LATENT"],
          denoise: ["FLOAT", { default: 1, min: 0, max: 1, step: 0.01 }],
        },
      },
      output: ["LATENT"],
      output_name: ["LATENT"],
      category: "sampling",
    },
    EmptyLatentImage: {
      input: {
        required: {
          width: ["INT", { default: 512, min: 16, max: 16384, step: 8 }],
          height: ["INT", { default: 512, min: 16, max: 16384, step: 8 }],
          batch_size: ["INT", { default: 1, min: 1, max: 4096 }],
        },
      },
      output: ["LATENT"],
      category: "latent",
    },
    VAEDecode: {
      input: { required: { samples: ["LATENT"], vae: ["VAE"] } },
      output: ["IMAGE"],
      display_name: "VAE Decode",
      category: "latent",
    },
    ImageScale: {
      input: {
        required: {
          image: ["IMAGE"],
          upscale_method: [["nearest-exact", "bilinear"], {}],
          width: ["INT", { default: 512, min: 0 }],
          height: ["INT", { default: 512, min: 0 }],
        },
        optional: { mask: ["MASK"] },
      },
      output: ["IMAGE"],
      display_name: "Upscale Image",
      category: "image/upscaling",
    },
    LoadImage: {
      input: { required: { image: [["a.png", "b.png"], { image_upload: true }] } },
      output: ["IMAGE", "MASK"],
      display_name: "Load Image",
      category: "image",
    },
    SaveImage: {
      input: { required: { images: ["IMAGE"], filename_prefix: ["STRING", { default: "ComfyUI" }] } },
      output: [],
      output_node: true,
      category: "image",
    },
    PrimitiveInt: {
      input: { required: { value: ["INT", { control_after_generate: true, min: -5, max: 5 }] } },
      output: ["INT"],
      category: "utils",
    },
    PrimitiveCombo: {
      input: { required: { style: ["COMBO", { options: ["red", "green", "blue"], control_after_generate: true }] } },
      output: ["COMBO"],
      category: "utils",
    },
    Resize: {
      input: {
        required: {
          input: ["COMFY_MATCHTYPE_V3", { template: { template_id: "t", allowed_types: "IMAGE,MASK" } }],
          resize_type: [
            "COMFY_DYNAMICCOMBO_V3",
            {
              options: [
                {
                  key: "size",
                  inputs: {
                    required: { width: ["INT", { default: 512 }], height: ["INT", { default: 256 }] },
                    optional: { mask: ["MASK"] },
                  },
                },
                { key: "scale", inputs: { required: { multiplier: ["FLOAT", { default: 1.5 }] } } },
              ],
            },
          ],
          method: ["COMBO", { options: ["area", "lanczos"], default: "lanczos" }],
        },
      },
      output: ["COMFY_MATCHTYPE_V3"],
      output_name: ["resized"],
      category: "image",
    },
    Batch: {
      input: {
        required: {
          images: [
            "COMFY_AUTOGROW_V3",
            { template: { input: { required: { image: ["IMAGE"] } }, prefix: "image", min: 2, max: 4 } },
          ],
        },
      },
      output: ["IMAGE"],
      category: "image",
    },
    Odd: {
      input: {
        required: { curve: ["CURVE", { widgetType: "CURVE", default: [1] }], tint: ["COLOR", { default: "#ff0000" }] },
      },
      output: ["STRING"],
    },
    CustomCombo: {
      input: {
        required: { choice: ["COMBO", { options: [] }] },
        optional: { index: ["INT", { default: 0, min: 0, hidden: true }] },
      },
      output: ["STRING", "INT"],
    },
  }).replace('"MAX"', "18446744073709551615"),
);

/** Classes as files show them: the sockets that any node of a class was saved with, in place of all packs of the field. */
export function shownBy(stores: Iterable<DocumentStore>): Catalog {
  const inputs = new Map<string, Map<string, InputSpec>>();
  const outputs = new Map<string, NodeRecord["outputs"]>();
  for (const store of stores) {
    for (const node of store.all()) if (isOfAClass(node, store)) look(node, inputs, outputs);
  }
  const classes = Array.from(inputs, ([id, inputs]): NodeClass => ({
    id,
    title: id,
    category: [],
    description: "",
    pack: "files",
    aliases: [],
    isOutput: false,
    deprecated: false,
    experimental: false,
    inputs: [...inputs.values()],
    outputs: (outputs.get(id) ?? []).map(({ name, type }) => ({ name, type, isList: false, tooltip: null })),
  }));
  return { state: "known", classes: withEditorClasses(classes.filter(({ id }) => !EDITORS.has(id))) };
}

const EDITORS = new Set(["Note", "MarkdownNote", "Reroute", "PrimitiveNode", "SetNode", "GetNode"]);

function isOfAClass(record: DocumentRecord, store: DocumentStore): record is NodeRecord {
  return record.kind === "node" && record.key !== ROOT && store.get(graphKey(record.classId)) === undefined;
}

function look(
  { classId, inputs, outputs, namedWidgets }: NodeRecord,
  allInputs: Map<string, Map<string, InputSpec>>,
  allOutputs: Map<string, NodeRecord["outputs"]>,
): void {
  const shown = allInputs.get(classId) ?? new Map<string, InputSpec>();
  allInputs.set(classId, shown);
  for (const { name, type, widget } of inputs) {
    if (name.includes(".") || (widget === null && shown.has(name))) continue;
    const value = namedWidgets?.get(name);
    const combo = type === "COMBO" && typeof value === "string" ? [[value]] : [type];
    const settings = new Map<string, Json>([widget === null ? ["forceInput", true] : ["widgetType", type]]);
    shown.set(name, inputSpec(name, [...combo, settings], true, { encodesText: false }));
  }
  if (outputs.length > (allOutputs.get(classId)?.length ?? 0)) allOutputs.set(classId, outputs);
}
