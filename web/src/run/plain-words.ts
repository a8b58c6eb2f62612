/** What the server says against a workflow, as a person reads it at the node and the input it concerns. */

import type { Problem } from "../protocol/schema";

/** The input that a problem is about, if it is about one. */
export function inputOf({ extra_info: extra }: Problem): string | null {
  return typeof extra.input_name === "string" && extra.input_name !== "" ? extra.input_name : null;
}

/** What is wrong, and the details without repeating the input's name, or the command that is offered beside it. */
export function inWords(problem: Problem): string {
  const { message, details, extra_info: extra } = problem;
  if (isUnknownClass(problem)) return message; // the details are which node, and it is shown at that
  const input = inputOf(problem) ?? "";
  const shown =
    typeof extra.command === "string" ? details.replace(/(bring|store) it with “.*?”(, or )?/, "") : details;
  const rest = input && shown.startsWith(input) ? shown.slice(input.length).replace(/^[\s:,-]+/, "") : shown;
  return rest && !message.includes(rest) ? `${message}: ${rest}` : message;
}

/** Whether it is that nobody there knows the node's class. */
export function isUnknownClass({ type }: Problem): boolean {
  return type === "missing_node_type";
}

/** The command that would put it right, as for a model that is missing. */
export function commandOf({ extra_info: extra }: Problem): string | null {
  return typeof extra.command === "string" ? extra.command : null;
}
