/**
 * What a picture says of how it was made, told from the prompt it carries. Knows the inputs by which samplers and texts
 * go in the field, not single classes, so that those of packs are understood too.
 */

import { isList, isObject, parseJson, writeJson, type Json, type JsonObject } from "../../document/json";

export interface Facts {
  /** Each is there once for every sampler that names it. */
  readonly positive: readonly string[];
  readonly negative: readonly string[];
  readonly models: readonly string[];
  /** Seed, steps and the like, in that order, as written. */
  readonly settings: readonly (readonly [name: Setting, values: readonly string[]])[];
}

export const SETTINGS = ["seed", "steps", "cfg", "sampler_name", "scheduler", "denoise"] as const;
export type Setting = (typeof SETTINGS)[number];

/** Other names of inputs for the same. */
const SEEDS = ["seed", "noise_seed"];
const MODELS = ["ckpt_name", "unet_name", "lora_name"];

/** Null where the text is no prompt. */
export function factsOf(prompt: string): Facts | null {
  let json: Json;
  try {
    json = parseJson(prompt);
  } catch {
    return null;
  }
  if (!isObject(json)) return null;
  const nodes = new Nodes(json);
  const samplers = nodes.all().filter(({ inputs }) => inputs.has("positive") && SEEDS.some((name) => inputs.has(name)));
  const told = samplers.length > 0 ? samplers : nodes.all();
  return {
    positive: distinct(samplers.flatMap(({ inputs }) => nodes.textsBehind(inputs.get("positive")))),
    negative: distinct(samplers.flatMap(({ inputs }) => nodes.textsBehind(inputs.get("negative")))),
    models: distinct(nodes.all().flatMap(({ inputs }) => MODELS.map((name) => plain(inputs.get(name))))),
    settings: SETTINGS.map((name) => {
      const names = name === "seed" ? SEEDS : [name];
      return [
        name,
        distinct(told.flatMap(({ inputs }) => names.map((one) => nodes.valueOf(inputs.get(one))))),
      ] as const;
    }).filter(([, values]) => values.length > 0),
  };
}

interface PromptNode {
  readonly inputs: JsonObject;
}

class Nodes {
  constructor(private readonly json: JsonObject) {}

  all(): PromptNode[] {
    return [...this.json.keys()].map((id) => this.get(id)).filter((node) => node !== null);
  }

  /** The texts that come together in what a link gives. */
  textsBehind(value: Json | undefined, seen = new Set<string>()): string[] {
    const id = linked(value);
    if (id === null || seen.has(id)) return [];
    seen.add(id);
    const inputs = this.get(id)?.inputs;
    if (!inputs) return [];
    const own = [...inputs]
      .filter(([name]) => /^(text|prompt|value|string)/i.test(name))
      .map(([, text]) => plain(text));
    const texts = own.filter((text) => text !== "");
    if (texts.length > 0) return texts;
    return [...inputs.values()].flatMap((input) => this.textsBehind(input, seen));
  }

  /** What is written there, or in the node that it is linked to. */
  valueOf(value: Json | undefined): string {
    const id = linked(value);
    if (id === null) return plain(value);
    const inputs = this.get(id)?.inputs;
    return inputs?.size === 1 ? plain([...inputs.values()][0]) : "";
  }

  private get(id: string): PromptNode | null {
    const node = this.json.get(id);
    const inputs = isObject(node) ? node.get("inputs") : undefined;
    return isObject(inputs) ? { inputs } : null;
  }
}

/** The node that a link comes from. */
function linked(value: Json | undefined): string | null {
  return isList(value) && value.length === 2 && typeof value[0] === "string" ? value[0] : null;
}

function plain(value: Json | undefined): string {
  if (value === undefined || value === null || isList(value) || isObject(value)) return "";
  return typeof value === "string" ? value : writeJson(value);
}

const distinct = (values: readonly string[]): string[] => [...new Set(values.filter((value) => value !== ""))];
