/** The context menu that is open on the canvas. */

import { createStore, type StoreApi } from "zustand/vanilla";

import { nodeKey, type Key, type Point } from "../../document/records";
import type { Editor } from "../../editor/editor";
import type { Hit } from "../hit";

/** What the menu is about. */
export type Subject =
  /** All that is selected, a link by itself aside. */
  { readonly kind: "selection" | "canvas" } | { readonly kind: "link"; readonly link: Key };

export interface OpenMenu {
  readonly subject: Subject;
  /** Where it was opened, in the plane. */
  readonly at: Point;
  /** The same in the window. */
  readonly client: Point;
}

export type MenuStore = StoreApi<{ readonly open: OpenMenu | null }>;

export const createMenu = (): MenuStore => createStore(() => ({ open: null as OpenMenu | null }));

/** What a menu opened there is about. It is selected then, so one sees what the menu will do its work on. */
export function subjectAt(editor: Editor, hit: Hit): Subject {
  const key = keyOf(editor, hit);
  if (key === null) return { kind: "canvas" };
  if (!editor.selection.getState().has(key)) editor.select([key]);
  return hit.kind === "link" ? { kind: "link", link: key } : { kind: "selection" };
}

/** What a menu opened by a key is about. */
export function subjectOfSelection({ selection, document: { store } }: Editor): Subject {
  const keys = [...selection.getState()];
  const [first] = keys;
  if (first === undefined) return { kind: "canvas" };
  const link = keys.length === 1 && store.get(first)?.kind === "link";
  return link ? { kind: "link", link: first } : { kind: "selection" };
}

function keyOf({ graph, document: { store } }: Editor, hit: Hit): Key | null {
  switch (hit.kind) {
    case "title":
    case "body":
    case "collapse":
    case "resize":
    case "widget":
      return hit.node;
    case "socket": {
      const key = nodeKey(graph, hit.socket.end.node);
      return store.get(key) ? key : null;
    }
    case "reroute":
      return hit.reroute;
    case "group-title":
    case "group-resize":
      return hit.group;
    case "link":
      return hit.link;
    case "border":
    case "nothing":
      return null;
  }
}
