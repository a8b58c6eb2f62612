/** Which panel and which dialog the page shows. Knows nothing of what is in them. */

import { createStore, type StoreApi } from "zustand/vanilla";

import type { Key, LinkEnd, Point } from "../document/records";
import type { Side } from "../document/edit-sockets";
import type { Picture } from "../state/run";

/** The panel beside the canvas. */
export type Panel = "nodes" | "workflows" | "queue" | "history";

/** One at a time, above everything else. */
export type Dialog =
  | { readonly kind: "commands" }
  | { readonly kind: "shortcuts" }
  | { readonly kind: "settings" }
  | { readonly kind: "access-tokens" }
  /**
   * Choose a class; the node is put at `at` (plane), linked to `from` where a link was let go, and put into the link
   * `into` where it is to stand in the middle of one.
   */
  | { readonly kind: "add-node"; readonly at: Point; readonly from: DanglingLink | null; readonly into?: Key }
  /** What a node's class is and does. */
  | { readonly kind: "about-node"; readonly node: Key }
  | { readonly kind: "find" }
  | { readonly kind: "gallery" }
  | { readonly kind: "open" }
  | { readonly kind: "save-as"; readonly tab: string }
  /** Tabs are to be closed of which some hold what was never saved. */
  | { readonly kind: "close"; readonly tabs: readonly string[] }
  /** A tab could not be saved: its file is no longer what the tab has read. */
  | { readonly kind: "conflict"; readonly tab: string }
  /** The former contents of a workflow, by its path. */
  | { readonly kind: "versions"; readonly path: string }
  | { readonly kind: "missing"; readonly tab: string }
  /** `beside`: the one it is compared with from the beginning. */
  | { readonly kind: "viewer"; readonly pictures: readonly Picture[]; readonly index: number; readonly beside?: number }
  /** Paint a mask for the picture that a node loads. */
  | { readonly kind: "mask"; readonly node: Key; readonly widget: string };

/** A link of which one end is known. */
export interface DanglingLink {
  readonly end: LinkEnd;
  /** The side of the socket it hangs on. */
  readonly side: Side;
  readonly type: string;
}

export interface Ui {
  readonly panel: Panel | null;
  readonly dialog: Dialog | null;
}

export type UiStore = StoreApi<Ui>;

export const createUi = (): UiStore => createStore<Ui>(() => ({ panel: null, dialog: null }));
