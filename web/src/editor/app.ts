/** What every part of the page may ask for, handed down by context. Nothing here is reached any other way. */

import { createContext, useContext } from "react";
import { useStore } from "zustand";

import type { OverlayStore } from "../canvas/overlay";
import type { SurfaceStore } from "../canvas/surface";
import type { CatalogStore } from "../classes/catalog";
import type { Client } from "../client/client";
import type { FilesStore } from "../files/files";
import type { Editor } from "./editor";
import type { Settings, SettingsStore } from "./settings";
import type { UiStore } from "./ui";
import { activeTab, type Tab, type WorkspaceStore } from "./workspace";

export interface App {
  readonly client: Client;
  readonly catalog: CatalogStore;
  readonly workspace: WorkspaceStore;
  readonly files: FilesStore;
  readonly ui: UiStore;
  /** The canvas that is shown. */
  readonly surface: SurfaceStore;
  readonly settings: SettingsStore;
}

export const AppContext = createContext<App | null>(null);

export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error("No AppContext above this component.");
  return app;
}

/** The tab that is shown. */
export function useActiveTab(): Tab | null {
  return useStore(useApp().workspace, activeTab);
}

export function useSettings<T>(selector: (settings: Settings) => T): T {
  return useStore(useApp().settings, selector);
}

export const EditorContext = createContext<Editor | null>(null);

/** The editor of the tab that this component is in. */
export function useEditor(): Editor {
  const editor = useContext(EditorContext);
  if (!editor) throw new Error("No EditorContext above this component.");
  return editor;
}

export const OverlayContext = createContext<OverlayStore | null>(null);

/** What the last run of that tab says about its nodes. */
export function useOverlay(): OverlayStore {
  const overlay = useContext(OverlayContext);
  if (!overlay) throw new Error("No OverlayContext above this component.");
  return overlay;
}
