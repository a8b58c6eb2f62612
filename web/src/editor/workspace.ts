/**
 * The workflows that are open in this page's tabs, and which one is shown. Knows neither how a file is read nor where it
 * is kept: whoever opens one says so.
 */

import { createStore, type StoreApi } from "zustand/vanilla";

import type { Editor } from "./editor";

/** A file of the user's that a tab was opened from or saved to. */
export interface FileRef {
  /** Below the folder of workflows, with `/` between folders: `portraits/anna.json`. */
  readonly path: string;
  /** Of the content the tab last read or wrote. */
  readonly etag: string;
}

export interface Tab {
  readonly id: string;
  readonly title: string;
  /** Null: never saved. */
  readonly file: FileRef | null;
  /** The text that `file` holds, or where there is none, the one that the tab began with. */
  readonly kept: string;
  /** Whether the document is other than `kept`. */
  readonly changed: boolean;
  readonly editor: Editor;
  /** The runs of this workflow that this page asked for, first to last. */
  readonly jobs: readonly string[];
}

export interface Workspace {
  readonly tabs: readonly Tab[];
  /** The id of the tab that is shown; null: none is open. */
  readonly active: string | null;
}

export type WorkspaceStore = StoreApi<Workspace>;

export const createWorkspace = (): WorkspaceStore => createStore<Workspace>(() => ({ tabs: [], active: null }));

export function activeTab({ tabs, active }: Workspace): Tab | null {
  return tabs.find(({ id }) => id === active) ?? null;
}

/** Opens a tab behind the others and shows it. */
export function addTab(store: WorkspaceStore, tab: Tab): void {
  store.setState(({ tabs }) => ({ tabs: [...tabs, tab], active: tab.id }));
}

/** Closes a tab; the one beside it is shown in its place. */
export function closeTab(store: WorkspaceStore, id: string): void {
  store.setState(({ tabs, active }) => {
    const at = tabs.findIndex((tab) => tab.id === id);
    const left = tabs.filter((tab) => tab.id !== id);
    return { tabs: left, active: active === id ? (left[Math.min(at, left.length - 1)]?.id ?? null) : active };
  });
}

export function changeTab(store: WorkspaceStore, id: string, change: Partial<Omit<Tab, "id">>): void {
  store.setState(({ tabs }) => ({ tabs: tabs.map((tab) => (tab.id === id ? { ...tab, ...change } : tab)) }));
}

export function showTab(store: WorkspaceStore, id: string): void {
  store.setState({ active: id });
}
