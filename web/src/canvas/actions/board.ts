/** What actions are done upon: a canvas that is shown, as far as they need it, and the records selected on it. */

import type { GroupRecord, Key, Kind, NodeRecord, RecordOf, RerouteRecord } from "../../document/records";
import type { Editor } from "../../editor/editor";
import type { Surface } from "../surface";

/** A graph and how it is drawn. */
export type Board = Pick<Surface, "editor" | "scene">;

export const selectedNodes = (editor: Editor): NodeRecord[] => selectedOf(editor, "node");
export const selectedGroups = (editor: Editor): GroupRecord[] => selectedOf(editor, "group");
export const selectedReroutes = (editor: Editor): RerouteRecord[] => selectedOf(editor, "reroute");

export function selectedOf<K extends Kind>(editor: Editor, kind: K): RecordOf<K>[] {
  const selection = editor.selection.getState();
  return recordsOf(editor, selection, kind);
}

/** The records of one kind among `keys`. */
export function recordsOf<K extends Kind>({ document }: Editor, keys: Iterable<Key>, kind: K): RecordOf<K>[] {
  return Array.from(keys, (key) => document.store.get(key)).filter(
    (record): record is RecordOf<K> => record?.kind === kind,
  );
}
