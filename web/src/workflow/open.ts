/** From a file the user chose or dropped to a workflow: JSON in either format, or a picture that carries one. */

import { CutShortError } from "../files/embedded/cut-short";
import { isPng, textChunks } from "../files/embedded/png";
import { readWorkflow, WorkflowFileError, type Workflow } from "./workflow";

/** Raises WorkflowFileError when the file holds no workflow. */
export async function openWorkflow(file: File): Promise<Workflow> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const title = file.name.replace(/\.[^.]+$/, "");
  if (!isPng(bytes)) return readWorkflow(title, new TextDecoder().decode(bytes));

  const chunks = await readChunks(bytes);
  const [prompt, canvas] = [chunks.get("prompt"), chunks.get("workflow")];
  // The prompt is exactly what made the picture; the canvas is what it was drawn as.
  if (prompt !== undefined) return readWorkflow(title, prompt, canvas ?? null);
  if (canvas !== undefined) return readWorkflow(title, canvas);
  throw new WorkflowFileError("noMetadata");
}

async function readChunks(bytes: Uint8Array<ArrayBuffer>): Promise<Map<string, string>> {
  try {
    return await textChunks(bytes);
  } catch (error) {
    if (error instanceof CutShortError) throw new WorkflowFileError("damagedPng");
    throw error;
  }
}
