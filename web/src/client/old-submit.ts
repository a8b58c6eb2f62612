import type { Workflow } from "../workflow/workflow";
import type { Submit } from "../protocol/schema";

/** A submit message whose workflow is the file's own text, so that no number in it passes through JavaScript. */
export function submitText(job: string, { format, text, canvasText }: Workflow): string {
  const message: Submit = { type: "submit", id: job, job, events: false };
  const graph = `"${format === "api" ? "prompt" : "workflow"}":${text}`;
  const extra = canvasText === null ? "" : `,"extra_data":{"extra_pnginfo":{"workflow":${canvasText}}}`;
  return `${JSON.stringify(message).slice(0, -1)},${graph}${extra}}`;
}
