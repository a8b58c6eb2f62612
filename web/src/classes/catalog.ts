/** The node classes of the server, as a store that the page follows. Written by whoever asks the server. */

import { createStore, type StoreApi } from "zustand/vanilla";

import { editorClasses } from "./editor-classes";
import type { NodeClass } from "./types";

export interface Catalog {
  /** Until it is known which classes the server has, none of them is missing. */
  readonly state: "loading" | "known" | "failed";
  /** The server's classes and those that only the editor knows, by id. */
  readonly classes: ReadonlyMap<string, NodeClass>;
}

export type CatalogStore = StoreApi<Catalog>;

export const createCatalog = (): CatalogStore =>
  createStore<Catalog>(() => ({ state: "loading", classes: withEditorClasses([]) }));

/** The classes, and the editor's own in the language that the page speaks now. */
export function withEditorClasses(classes: Iterable<NodeClass>): ReadonlyMap<string, NodeClass> {
  const all = new Map(editorClasses().map((nodeClass) => [nodeClass.id, nodeClass]));
  for (const nodeClass of classes) all.set(nodeClass.id, nodeClass);
  return all;
}
