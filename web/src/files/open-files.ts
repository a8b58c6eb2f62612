/** Opens the files that a person dropped or chose, each in a tab. */

import type { Point } from "../document/records";
import type { App } from "../editor/app";
import { openFile } from "./open";

/** For file choosers. */
export const ACCEPTED =
  ".json,.png,.webp,.jpg,.jpeg,.avif,.latent,.safetensors,application/json,image/png,image/webp,image/jpeg,image/avif";

/** One after another, in their order; the last is shown. `at`: the point of the window where they were let go. */
export async function openFiles(app: App, files: Iterable<File>, at: Point | null = null): Promise<void> {
  for (const file of files) await openFile(app, file, at);
}
