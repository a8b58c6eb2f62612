/** From a file the user chose or dropped to a workflow: JSON in either format, or a picture that carries one. */

import { isPng, textChunks } from "./png";
import { readWorkflow, WorkflowFileError, type Workflow } from "./workflow";

/** Raises WorkflowFileError when the file holds no workflow. */
export async function openWorkflow(file: File): Promise<Workflow> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const title = file.name.replace(/\.[^.]+$/, "");
  if (!isPng(bytes)) return readWorkflow(title, new TextDecoder().decode(bytes));

  const chunks = readChunks(bytes);
  const [prompt, canvas] = [chunks.get("prompt"), chunks.get("workflow")];
  // The prompt is exactly what made the picture; the canvas is what it was drawn as.
  if (prompt !== undefined) return readWorkflow(title, prompt, canvas ?? null);
  if (canvas !== undefined) return readWorkflow(title, canvas);
  throw new WorkflowFileError("noMetadata");
}

function readChunks(bytes: Uint8Array): Map<string, string> {
  try {
    return textChunks(bytes);
  } catch (error) {
    if (error instanceof RangeError) throw new WorkflowFileError("damagedPng");
    throw error;
  }
}
