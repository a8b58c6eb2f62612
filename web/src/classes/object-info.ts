/**
 * Reads what the server says of node classes, in both of the ways in which packs declare inputs. What it does not know
 * of an input becomes a widget of kind `other` or a socket, and the class is read all the same. Knows no documents.
 */

import { EMPTY, isList, isObject, parseJson, toList, toText, type Json, type JsonObject } from "../document/json";
import { inputSpec, MATCH_TYPE, type Owner } from "./input-spec";
import type { InputSpec, NodeClass, OutputSpec } from "./types";

/** The classes of an answer of `/object_info`, by id. Throws SyntaxError where it is not JSON. */
export function readObjectInfo(text: string): Map<string, NodeClass> {
  const classes = new Map<string, NodeClass>();
  const answer = parseJson(text);
  if (!isObject(answer)) return classes;
  for (const [id, info] of answer) if (isObject(info)) classes.set(id, nodeClass(id, info));
  return classes;
}

function nodeClass(id: string, info: JsonObject): NodeClass {
  const category = toText(info.get("category"));
  return {
    id,
    title: toText(info.get("display_name")) || id,
    category: category === "" ? [] : category.split("/"),
    description: toText(info.get("description")),
    pack: toText(info.get("python_module")).replace(/^custom_nodes\./, ""),
    aliases: toList(info.get("search_aliases")).filter((alias) => typeof alias === "string"),
    isOutput: info.get("output_node") === true,
    deprecated: info.get("deprecated") === true,
    experimental: info.get("experimental") === true,
    inputs: inputsOf(info),
    outputs: outputsOf(info),
  };
}

function inputsOf(info: JsonObject): InputSpec[] {
  const configs = SECTIONS.flatMap((section) => {
    const named = objectAt(info.get("input"), section);
    const order = objectAt(info, "input_order").get(section);
    const listed = toList(order).filter((name) => typeof name === "string");
    const names = new Set([...listed.filter((name) => named.has(name)), ...named.keys()]);
    return Array.from(names, (name) => ({ name, config: named.get(name), required: section === "required" }));
  });
  const owner: Owner = { encodesText: configs.some(({ config }) => isList(config) && config[0] === "CLIP") };
  return configs.map(({ name, config, required }) => inputSpec(name, config, required, owner));
}

const SECTIONS = ["required", "optional"] as const;

function objectAt(json: Json | undefined, key: string): JsonObject {
  const value = isObject(json) ? json.get(key) : undefined;
  return isObject(value) ? value : EMPTY;
}

function outputsOf(info: JsonObject): OutputSpec[] {
  const names = toList(info.get("output_name"));
  const lists = toList(info.get("output_is_list"));
  const tooltips = toList(info.get("output_tooltips"));
  return toList(info.get("output")).map((written, slot) => {
    const type = isList(written) ? "COMBO" : typeof written !== "string" || written === MATCH_TYPE ? "*" : written;
    return {
      name: toText(names[slot]) || type,
      type,
      isList: lists[slot] === true,
      tooltip: toText(tooltips[slot]) || null,
      ...(written === MATCH_TYPE && { follows: true }),
    };
  });
}
