/**
 * What the page knows of the user's workflows besides those in its tabs. Written by who asks the server, the browser's
 * storage and the other windows.
 */

import { createStore, type StoreApi } from "zustand/vanilla";

import type { UserEntry } from "../protocol/schema";

/** What happened to the file of a tab behind its back. */
export type News =
  /** Another window has it open. */
  | "open-elsewhere"
  /** It has other content now. */
  | "changed"
  /** It is no longer there. */
  | "gone";

/** What a window that is no longer open had not saved. */
export interface Leftover {
  readonly window: string;
  /** When it was last kept, in milliseconds since 1970. */
  readonly at: number;
  readonly titles: readonly string[];
  /** Either way it is left no longer. */
  readonly open: () => Promise<void>;
  readonly discard: () => Promise<void>;
}

export interface Files {
  /** Whether the page has what it opens with. */
  readonly begun: boolean;
  /** Files and folders below that of workflows, paths beginning there; null until the server has told. */
  readonly listing: readonly UserEntry[] | null;
  /** By tab. */
  readonly news: ReadonlyMap<string, News>;
  readonly leftovers: readonly Leftover[];
  /** Whether the browser keeps what is not saved. */
  readonly draftsKept: boolean;
}

export type FilesStore = StoreApi<Files>;

export const createFiles = (): FilesStore =>
  createStore<Files>(() => ({ begun: false, listing: null, news: new Map(), leftovers: [], draftsKept: true }));

/** `null`: there is nothing to tell any more. */
export function tellNews(store: FilesStore, tab: string, news: News | null): void {
  const { news: before } = store.getState();
  if ((before.get(tab) ?? null) === news) return;
  const after = new Map(before);
  if (news === null) after.delete(tab);
  else after.set(tab, news);
  store.setState({ news: after });
}
