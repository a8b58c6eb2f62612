/**
 * The server's conversion of workflows between the two formats. Texts go and come letter by letter: a seed may have more
 * digits than a JavaScript number holds.
 */

import { INDENTED, isObject, parseJson, writeJson, type JsonObject } from "../document/json";
import { NoWorkflowError } from "./no-workflow";

/** A canvas of what is in API format, laid out. Throws NoWorkflowError where the server makes none. */
export async function toCanvas(prompt: string): Promise<string> {
  return convert(`{"to": "canvas", "prompt": ${prompt}}`, "workflow");
}

/** What would run of a canvas. Throws NoWorkflowError where the server makes none. */
export async function toApi(workflow: string): Promise<string> {
  return convert(`{"to": "api", "workflow": ${workflow}}`, "prompt");
}

async function convert(body: string, wanted: "workflow" | "prompt"): Promise<string> {
  const answer = await ask(body);
  const made = answer.get(wanted);
  if (made === undefined) throw new NoWorkflowError("notConverted", messageOf(answer));
  return writeJson(made, INDENTED);
}

async function ask(body: string): Promise<JsonObject> {
  try {
    const headers = { "Content-Type": "application/json" };
    const response = await fetch("/api/v1/convert", { method: "POST", headers, body });
    const answer = parseJson(await response.text());
    if (isObject(answer)) return answer;
  } catch {
    // It does not answer, or something else does in its place.
  }
  throw new NoWorkflowError("notConverted");
}

function messageOf(answer: JsonObject): string {
  const error = answer.get("error");
  const message = isObject(error) ? error.get("message") : undefined;
  return typeof message === "string" ? message : "";
}
