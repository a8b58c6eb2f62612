/** Brings into being all that the page has one of, and sets it going. */

import { createSurfaceStore } from "../canvas/surface";
import { createCatalog } from "../classes/catalog";
import { fetchCatalog, followLanguage as followLanguageInCatalog } from "../classes/fetch-catalog";
import { Client } from "../client/client";
import { enter, followSession } from "../client/session";
import type { App } from "../editor/app";
import { createSettings } from "../editor/settings";
import { createUi } from "../editor/ui";
import { createWorkspace } from "../editor/workspace";
import { beginFiles } from "../files/begin";
import { createFiles } from "../files/files";
import { recallRuns } from "../run/recall";
import { followLanguage } from "../shell/follow-settings";
import { keepSettings, rememberedSettings } from "../shell/keep-settings";

export function createApp(location: Location): App {
  const catalog = createCatalog();
  return {
    client: new Client(location, catalog, fetchCatalog),
    catalog,
    workspace: createWorkspace(),
    files: createFiles(),
    ui: createUi(),
    surface: createSurfaceStore(),
    settings: createSettings(rememberedSettings()),
  };
}

/** Resolves when the page has what it opens with. */
export async function startApp(app: App): Promise<void> {
  followLanguage(app.settings);
  keepSettings(app.settings);
  await enter();
  followSession(() => {
    app.client.hurry();
  });
  followLanguageInCatalog(app.catalog);
  app.client.connect();
  recallRuns(app);
  await beginFiles(app, takeAsked());
}

/** What the page that describes the interface needs of it: the language and the colours that are set. */
export function startDocs(app: App): void {
  followLanguage(app.settings);
  keepSettings(app.settings);
}

/** `/?open=portraits/anna.json` asks for that workflow of the user's. A reload does not ask again. */
function takeAsked(): string | null {
  const address = new URL(window.location.href);
  const path = address.searchParams.get("open");
  address.searchParams.delete("open");
  if (path !== null) window.history.replaceState(null, "", address);
  return path;
}
