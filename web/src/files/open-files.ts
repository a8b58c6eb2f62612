/** Opens the files that a person dropped or chose, each in a tab. */

import type { App } from "../editor/app";
import { openFile } from "./open";

/** For file choosers. */
export const ACCEPTED = ".json,.png,.webp,.jpg,.jpeg,application/json,image/png,image/webp,image/jpeg";

/** One after another, in their order; the last is shown. */
export async function openFiles(app: App, files: Iterable<File>): Promise<void> {
  for (const file of files) await openFile(app, file);
}
