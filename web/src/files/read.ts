/**
 * From what a person opens to the text of a workflow: JSON in either format, or a picture or a latent that carries one. Knows no
 * server: what is in API format has yet to be laid out.
 */

import { isCanvas } from "../document/canvas-read";
import { INDENTED, isObject, parseJson, writeJson, type Json, type JsonObject } from "../document/json";
import { CutShortError } from "./embedded/cut-short";
import { embeddedIn, type Embedded } from "./embedded/embedded";
import { headerEnd, START } from "./embedded/safetensors";
import { NoWorkflowError } from "./no-workflow";

export interface WorkflowText {
  /** What editors save, or what engines run. */
  readonly format: "canvas" | "api";
  readonly text: string;
}

/** Throws NoWorkflowError. */
export async function readFile(file: Blob): Promise<WorkflowText> {
  const bytes = await bytesOf(file);
  const embedded = await embeddedOf(bytes);
  if (embedded === null) return readText(decoded(bytes));
  // The canvas is what the person drew; what ran can be laid out again, but not as it was.
  const text = embedded.workflow ?? embedded.prompt;
  if (text === null) throw new NoWorkflowError(headerEnd(bytes) === null ? "noMetadata" : "noMetadataInTensors");
  return readText(text);
}

/** Throws NoWorkflowError. */
export function readText(text: string): WorkflowText {
  const [json, whole] = parsed(text);
  if (isCanvas(json)) return { format: "canvas", text: whole };
  if (!isObject(json)) throw new NoWorkflowError("notAWorkflow");
  if (json.size === 0) throw new NoWorkflowError("emptyWorkflow");
  if (isPrompt(json)) return { format: "api", text: whole };
  const inner = wrapped(json);
  if (inner === null) throw new NoWorkflowError("notAWorkflow");
  return { format: isCanvas(inner) ? "canvas" : "api", text: writeJson(inner, INDENTED) };
}

/** In API format every entry is a node with a class. */
export function isPrompt(json: Json | undefined): json is JsonObject {
  return (
    isObject(json) &&
    json.size > 0 &&
    [...json.values()].every((node) => isObject(node) && typeof node.get("class_type") === "string")
  );
}

/** What was sent to a queue holds a workflow, the one that was drawn if it is there. */
function wrapped(json: JsonObject): JsonObject | null {
  const drawn = [json.get("workflow"), at(json, "extra_data", "extra_pnginfo", "workflow")].find(isCanvas);
  if (drawn !== undefined) return drawn;
  const prompt = json.get("prompt");
  return isPrompt(prompt) ? prompt : null;
}

function at(json: Json | undefined, ...keys: string[]): Json | undefined {
  return keys.reduce((value, key) => (isObject(value) ? value.get(key) : undefined), json);
}

/** The value, and the text it was read from. */
function parsed(text: string): [Json, string] {
  for (const attempt of [text, withoutNaN(text)]) {
    try {
      return [parseJson(attempt), attempt];
    } catch {
      // The last attempt's failure is told below.
    }
  }
  throw new NoWorkflowError("notJson");
}

/** Python writes numbers that JSON does not have; the field reads them as nothing. */
function withoutNaN(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (found) => (found.startsWith('"') ? found : "null"));
}

/** Of tensors only the header: they may be larger than memory. */
async function bytesOf(file: Blob): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const end = headerEnd(new Uint8Array(await file.slice(0, START).arrayBuffer()));
    return new Uint8Array(await file.slice(0, end ?? file.size).arrayBuffer());
  } catch {
    throw new NoWorkflowError("unreadable"); // a folder, or a file that has gone since
  }
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new NoWorkflowError("notJson");
  }
}

async function embeddedOf(bytes: Uint8Array<ArrayBuffer>): Promise<Embedded | null> {
  try {
    return await embeddedIn(bytes);
  } catch (error) {
    if (error instanceof CutShortError) throw new NoWorkflowError("damaged");
    throw error;
  }
}
