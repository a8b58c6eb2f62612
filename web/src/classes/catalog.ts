/** The node classes of the server, as a store that the page follows. Written by whoever asks the server. */

import { createStore, type StoreApi } from "zustand/vanilla";

import type { NodeClass } from "./types";

export interface Catalog {
  readonly state: "loading" | "known" | "failed";
  /** The server's classes and those that only the editor knows, by id. */
  readonly classes: ReadonlyMap<string, NodeClass>;
}

export type CatalogStore = StoreApi<Catalog>;

export const createCatalog = (): CatalogStore => createStore<Catalog>(() => ({ state: "loading", classes: new Map() }));
