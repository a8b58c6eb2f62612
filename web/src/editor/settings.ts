/**
 * What a person set once for all workflows. Kept on the server, so that every browser of the
 * person has the same, and in this browser, so that the page is right before the server has answered. Knows nothing of
 * what follows from a setting.
 */

import { createStore, type StoreApi } from "zustand/vanilla";

import { LANGUAGES, type Language } from "../i18n/strings";

export interface Settings {
  /** `auto`: as the system has it. */
  readonly theme: "auto" | "light" | "dark";
  /** `auto`: the first that the browser asks for. */
  readonly language: "auto" | Language;
  /** Nodes keep to the grid while they are dragged. */
  readonly snap: boolean;
  /** What dragging with the left button does where nothing is. */
  readonly leftDrag: "pan" | "select";
  readonly minimap: boolean;
  /** Pictures in progress are shown in the nodes that make them. */
  readonly previews: boolean;
  /** The pictures that runs made are shown below the canvas. */
  readonly pictures: boolean;
  /** A workflow that has a file is saved by itself. Drafts are kept in any case. */
  readonly autosave: boolean;
  /** Node classes at hand, in the person's order. */
  readonly bookmarks: readonly string[];
}

export type SettingsStore = StoreApi<Settings>;

export const DEFAULTS: Settings = {
  theme: "auto",
  language: "auto",
  snap: false,
  leftDrag: "pan",
  minimap: true,
  previews: true,
  pictures: true,
  autosave: false,
  bookmarks: [],
};

export const createSettings = (known: Partial<Settings> = {}): SettingsStore =>
  createStore<Settings>(() => ({ ...DEFAULTS, ...known }));

/** The settings in `values` that are what they should be; the rest is left out. */
export function readSettings(values: Readonly<Record<string, unknown>>): Partial<Settings> {
  const known = Object.entries(READERS).filter(([name, fits]) => fits(values[name]));
  return Object.fromEntries(known.map(([name]) => [name, values[name]]));
}

const isBoolean = (value: unknown): boolean => typeof value === "boolean";
const oneOf =
  (...options: readonly string[]) =>
  (value: unknown): boolean =>
    typeof value === "string" && options.includes(value);

const READERS: Readonly<Record<keyof Settings, (value: unknown) => boolean>> = {
  theme: oneOf("auto", "light", "dark"),
  language: oneOf("auto", ...Object.keys(LANGUAGES)),
  snap: isBoolean,
  leftDrag: oneOf("pan", "select"),
  minimap: isBoolean,
  previews: isBoolean,
  pictures: isBoolean,
  autosave: isBoolean,
  bookmarks: (value) => Array.isArray(value) && value.every((item) => typeof item === "string"),
};
