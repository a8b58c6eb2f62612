/** What a canvas says its seeds do after a run: stay, count, or change by chance. Knows neither runs nor stores. */

import type { Workflow } from "./workflow";

/** On a canvas the value after a seed's says what becomes of it. In a text no quote stands bare, so none is taken for one. */
const SEED = /(?<=[[,]\s*)\d+(?=\s*,\s*"(randomize|increment|decrement)")/g;

/** The workflow as it is to be queued the next time. No other letter of the file changes; an API file never does. */
export function withNextSeeds(workflow: Workflow): Workflow {
  if (workflow.format !== "canvas") return workflow;
  return { ...workflow, text: workflow.text.replace(SEED, nextSeed) };
}

/** Seeds go up to 2⁶⁴ − 1, but not of every node: 32 bits by chance fit all. */
function nextSeed(seed: string, control: string): string {
  if (control === "increment") return String(BigInt(seed) + 1n);
  if (control === "decrement") return seed === "0" ? seed : String(BigInt(seed) - 1n);
  return String(crypto.getRandomValues(new Uint32Array(1))[0]);
}
