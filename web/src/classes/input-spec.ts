/** Reads one input of a node class, `[type or options, settings]`, with the inputs it stands for. */

import { EMPTY, isList, isObject, toList, toNumber, toText, type Json, type JsonObject } from "../document/json";
import type { ComboSpec, GrowingSpec, InputSpec, Members, NumberSpec, WidgetSpec } from "./types";

/** What an input's widget needs to know of the class it is in. */
export interface Owner {
  /** It takes a text encoder, so its long texts are prompts. */
  readonly encodesText: boolean;
}

export const DYNAMIC_COMBO = "COMFY_DYNAMICCOMBO_V3";
export const AUTOGROW = "COMFY_AUTOGROW_V3";
export const MATCH_TYPE = "COMFY_MATCHTYPE_V3";

export function inputSpec(name: string, config: Json | undefined, required: boolean, owner: Owner): InputSpec {
  const [kind = "*", given] = isList(config) ? config : [];
  const settings = isObject(given) ? given : EMPTY;
  const type = isList(kind) ? "COMBO" : typeof kind === "string" && kind !== "" ? kind : "*";
  const onlySocket = settings.get("forceInput") === true || settings.get("rawLink") === true;
  const members = membersOf(name, type, settings, owner);
  return {
    name,
    label: toText(settings.get("display_name")) || (name.split(".").at(-1) ?? name),
    type: type === MATCH_TYPE ? matchedType(settings) : type,
    required,
    tooltip: toText(settings.get("tooltip")) || null,
    widget: onlySocket ? null : widgetSpec(name, type, isList(kind) ? kind : null, settings, owner),
    ...(type === MATCH_TYPE && { matches: true }),
    ...((settings.get("socketless") === true || type === DYNAMIC_COMBO) && { socketless: true }),
    ...(settings.get("hidden") === true && { hidden: true }),
    ...(members && { members }),
  };
}

// ---- widgets ----

function widgetSpec(
  name: string,
  type: string,
  listed: readonly Json[] | null,
  settings: JsonObject,
  owner: Owner,
): WidgetSpec | null {
  const advanced = settings.get("advanced") === true;
  const byDefault = settings.get("default") ?? null;
  const drawnAs = toText(settings.get("widgetType"));
  switch (type) {
    case "INT":
    case "FLOAT":
      return { ...numberSpec(name, type === "INT", settings), advanced };
    case "STRING": {
      const multiline = settings.get("multiline") === true;
      const placeholder = toText(settings.get("placeholder"));
      const prompt = multiline && owner.encodesText;
      return { kind: "text", default: toText(byDefault), multiline, placeholder, prompt, advanced };
    }
    case "BOOLEAN": {
      const [on, off] = [toText(settings.get("label_on")) || null, toText(settings.get("label_off")) || null];
      return { kind: "toggle", default: byDefault === true, on, off, advanced };
    }
    case "COMBO":
      return { ...comboSpec(name, listed ?? toList(settings.get("options")), settings), advanced };
    case DYNAMIC_COMBO:
      return {
        ...comboSpec(
          name,
          optionsOf(settings).map(([key]) => key),
          EMPTY,
        ),
        advanced,
      };
    case "COLOR":
      return { kind: "color", default: toText(byDefault) || "#ffffff", advanced };
    default:
      if (drawnAs !== "" && drawnAs !== type) return widgetSpec(name, drawnAs, listed, settings, owner);
      return drawnAs === "" ? null : { kind: "other", type, default: byDefault, advanced };
  }
}

function numberSpec(name: string, integer: boolean, settings: JsonObject): Omit<NumberSpec, "advanced"> {
  const min = numeric(settings.get("min"));
  const byDefault = numeric(settings.get("default"));
  const lowest = toNumber(min ?? undefined) ?? 0;
  const step = toNumber(settings.get("step")) ?? 0;
  const round = toNumber(settings.get("round")) ?? 0;
  return {
    kind: "number",
    integer,
    default: byDefault ?? (integer && lowest > 0 ? min : 0),
    min,
    max: numeric(settings.get("max")),
    step: step > 0 ? step : integer ? 1 : 0.1,
    round: round > 0 ? round : null,
    slider: settings.get("display") === "slider",
    ...(integer && settings.get("display") === "color" && { color: true }),
    seed: isControlled(settings) || (integer && SEEDS.has(name)),
  };
}

/** What inputs are called that change after each run, whether their class says so or not. */
export const SEEDS = new Set(["seed", "noise_seed"]);

/** The field writes `true`, and newer packs the word that a new node begins with. */
function isControlled(settings: JsonObject): boolean {
  const control = settings.get("control_after_generate");
  return control === true || (typeof control === "string" && control !== "");
}

function comboSpec(name: string, options: readonly Json[], settings: JsonObject): Omit<ComboSpec, "advanced"> {
  const multiple = settings.get("multiselect") === true || isObject(settings.get("multi_select"));
  const upload = uploadOf(settings);
  return {
    kind: "combo",
    options,
    default: settings.get("default") ?? (multiple ? [] : (options[0] ?? null)),
    upload,
    files: upload !== null || hasFiles(name, options, settings),
    ...(isControlled(settings) && { controlled: true }),
    ...(multiple && { multiple: true }),
  };
}

function uploadOf(settings: JsonObject): ComboSpec["upload"] {
  const kind = PICTURES.find((known) => settings.get(`${known}_upload`) === true);
  if (kind === undefined) return null;
  const folder = settings.get(`${kind}_folder`);
  return { folder: folder === "output" || folder === "temp" ? folder : "input" };
}

const PICTURES = ["image", "animated_image", "video"];

/** A server does not say which choices are files: their names do, or where there are none yet, the input's. */
function hasFiles(name: string, options: readonly Json[], settings: JsonObject): boolean {
  if (["audio_upload", "file_upload"].some((key) => settings.get(key) === true)) return true;
  if (settings.has("remote")) return false;
  if (options.length === 0) return FILE_INPUT.test(name);
  return options.some((option) => typeof option === "string" && FILE_NAME.test(option));
}

const FILE_NAME =
  /\.(safetensors|sft|ckpt|pt|pt2|pth|bin|pkl|onnx|gguf|latent|png|jpe?g|webp|gif|mp4|webm|wav|mp3|flac|ogg|glb|obj)$/i;
const FILE_INPUT = /(^|_)(ckpt|lora|unet|vae|clip|model|control_net|file|image|video|audio|latent)(_?name)?\d*$/;

// ---- groups of inputs ----

function membersOf(name: string, type: string, settings: JsonObject, owner: Owner): Members | null {
  if (type === DYNAMIC_COMBO) {
    const byOption = new Map(optionsOf(settings).map(([key, inputs]) => [key, inputsOf(name, inputs, owner)]));
    return { kind: "chosen", byOption };
  }
  const template = settings.get("template");
  if (type !== AUTOGROW || !isObject(template)) return null;
  const growing = growingOf(name, template, owner);
  return growing && { kind: "growing", template: growing };
}

function optionsOf(settings: JsonObject): [Json, Json | undefined][] {
  return toList(settings.get("options")).flatMap((option): [Json, Json | undefined][] => {
    const key = isObject(option) ? option.get("key") : undefined;
    return isObject(option) && key !== undefined ? [[key, option.get("inputs")]] : [];
  });
}

/** The inputs in `sections`, by their names in full. */
function inputsOf(group: string, sections: Json | undefined, owner: Owner): InputSpec[] {
  return ["required", "optional"].flatMap((section) => {
    const named = isObject(sections) ? sections.get(section) : undefined;
    if (!isObject(named)) return [];
    return Array.from(named, ([name, config]) => inputSpec(`${group}.${name}`, config, section === "required", owner));
  });
}

function growingOf(group: string, template: JsonObject, owner: Owner): GrowingSpec | null {
  const [input] = inputsOf(group, template.get("input"), owner);
  if (input === undefined) return null;
  const names = toList(template.get("names")).filter((name) => typeof name === "string");
  return {
    input,
    names: names.length > 0 ? names.map((name) => `${group}.${name}`) : null,
    prefix: `${group}.${toText(template.get("prefix")) || (input.name.split(".").at(-1) ?? "")}`,
    min: toNumber(template.get("min")) ?? 0,
    max: toNumber(template.get("max")) ?? (names.length > 0 ? names.length : 100),
  };
}

/** What any of its kind may be. */
function matchedType(settings: JsonObject): string {
  const template = settings.get("template");
  const allowed = isObject(template) ? template.get("allowed_types") : undefined;
  return toText(allowed) || "*";
}

const numeric = (json: Json | undefined): Json => (toNumber(json) === undefined ? null : (json ?? null));
