/** Asks the server which files and folders there are. */

import type { App } from "../editor/app";
import { FileError, listFiles } from "./userdata";

/** Have the page know them as they are now. Where the server does not answer, what was known stays. */
export async function refreshListing({ files }: App): Promise<void> {
  try {
    files.setState({ listing: await listFiles() });
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
  }
}
