/** Asks the server for its node classes. */

import { useLanguage } from "../i18n/language";
import { withEditorClasses, type CatalogStore } from "./catalog";
import { isEditorClass } from "./editor-classes";
import { readObjectInfo } from "./object-info";

/**
 * Fill the catalog, or fill it again: lists of files change when files come and go. What was known stays where the
 * server cannot be asked.
 */
export async function fetchCatalog(catalog: CatalogStore, request: typeof fetch = fetch): Promise<void> {
  try {
    const response = await request("/api/object_info");
    if (!response.ok) throw new Error(`object_info: ${response.status}`);
    const classes = readObjectInfo(await response.text());
    catalog.setState({ state: "known", classes: withEditorClasses(classes.values()) });
  } catch {
    if (catalog.getState().state !== "known") catalog.setState({ state: "failed" });
  }
}

/** Have the editor's own classes speak the page's language; returns how to end that. */
export function followLanguage(catalog: CatalogStore): () => void {
  return useLanguage.subscribe(() => {
    const server = [...catalog.getState().classes.values()].filter((nodeClass) => !isEditorClass(nodeClass));
    catalog.setState({ classes: withEditorClasses(server) });
  });
}
