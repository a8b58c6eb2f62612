/** For tests: an App with real stores and no server. */

import { createSurfaceStore } from "../../canvas/surface";
import { createCatalog } from "../../classes/catalog";
import type { App } from "../../editor/app";
import { createSettings } from "../../editor/settings";
import { createUi } from "../../editor/ui";
import { createWorkspace } from "../../editor/workspace";
import { createFiles } from "../files";

/** It has no client: nothing in this folder speaks over the socket. */
export function testApp(): App {
  return {
    catalog: createCatalog(),
    workspace: createWorkspace(),
    files: createFiles(),
    ui: createUi(),
    surface: createSurfaceStore(),
    settings: createSettings(),
  } as unknown as App;
}
