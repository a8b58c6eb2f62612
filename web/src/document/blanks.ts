/**
 * The JSON of a new record: the keys its kind always has, in their usual order. The record's own values are put in when
 * it is written.
 */

import type { Json, JsonObject } from "./json";
import type { Form } from "./records";

export const BLANK_NODE: JsonObject = new Map<string, Json>([
  ["id", 0],
  ["type", ""],
  ["pos", [0, 0]],
  ["size", [0, 0]],
  ["flags", new Map()],
  ["order", 0],
  ["mode", 0],
  ["inputs", []],
  ["outputs", []],
  ["properties", new Map()],
  ["widgets_values", []],
]);

export const BLANK_INPUT: JsonObject = new Map<string, Json>([
  ["name", ""],
  ["type", ""],
  ["link", null],
]);

export const BLANK_OUTPUT: JsonObject = new Map<string, Json>([
  ["name", ""],
  ["type", ""],
  ["links", []],
]);

/** The root of a 0.4 file has its links as lists. */
export const BLANK_LINK: Record<Form, Json> = {
  "0.4": [0, 0, 0, 0, 0, ""],
  "1.0": new Map<string, Json>([
    ["id", 0],
    ["origin_id", 0],
    ["origin_slot", 0],
    ["target_id", 0],
    ["target_slot", 0],
    ["type", ""],
  ]),
};

export const BLANK_REROUTE: JsonObject = new Map<string, Json>([
  ["id", 0],
  ["pos", [0, 0]],
  ["linkIds", []],
]);

export const BLANK_GROUP: JsonObject = new Map<string, Json>([
  ["id", 0],
  ["title", ""],
  ["bounding", [0, 0, 0, 0]],
  ["flags", new Map()],
]);
