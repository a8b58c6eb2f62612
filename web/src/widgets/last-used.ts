/** What a widget said in a run: of that the server keeps a record, whatever became of the workflow since. */

import { isList, isObject, parseJson, type Json } from "../document/json";

/** `node`: as runs name it. Null where the run did not have it, took it from a link, or is not remembered. */
export async function valueInRun(job: string, node: string, input: string): Promise<Json | null> {
  const response = await fetch(`/api/v1/jobs/${encodeURIComponent(job)}/request`).catch(() => null);
  if (!response?.ok) return null;
  // Not `response.json()`: that would round a seed of 64 bits.
  let found: Json = parseJson(await response.text());
  for (const key of ["prompt", node, "inputs", input]) found = isObject(found) ? (found.get(key) ?? null) : null;
  return isList(found) || isObject(found) ? null : found;
}
