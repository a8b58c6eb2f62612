/**
 * The flags of nodes: muted, bypassed, collapsed, pinned. Each is switched on unless all that is selected has it
 * already.
 */

import { editGroups } from "../../document/edit-groups";
import { editNodes } from "../../document/edit-nodes";
import { MODE, type Key } from "../../document/records";
import type { Editor } from "../../editor/editor";
import { strings } from "../../i18n/language";
import { selectedGroups, selectedNodes } from "./board";

export function toggleMuted(editor: Editor): void {
  toggleMode(editor, "muted");
}

export function toggleBypassed(editor: Editor): void {
  toggleMode(editor, "bypassed");
}

export function toggleCollapsed(editor: Editor, nodes = selectedNodes(editor)): void {
  if (nodes.length === 0) return;
  const collapsed = !nodes.every((node) => node.collapsed);
  editor.document.store.transact(strings().gestures.done[collapsed ? "collapse" : "expand"], (transaction) => {
    editNodes(transaction, keysOf(nodes), { collapsed });
  });
}

/** Nodes and groups that are pinned are neither moved nor resized by hand. */
export function togglePinned(editor: Editor): void {
  const nodes = selectedNodes(editor);
  const groups = selectedGroups(editor);
  if (nodes.length + groups.length === 0) return;
  const pinned = ![...nodes, ...groups].every((record) => record.pinned);
  editor.document.store.transact(strings().gestures.done[pinned ? "pin" : "unpin"], (transaction) => {
    editNodes(transaction, keysOf(nodes), { pinned });
    editGroups(transaction, keysOf(groups), { pinned });
  });
}

function toggleMode(editor: Editor, mode: "muted" | "bypassed"): void {
  const nodes = selectedNodes(editor);
  if (nodes.length === 0) return;
  const on = !nodes.every((node) => node.mode === MODE[mode]);
  editor.document.store.transact(strings().gestures.done[on ? mode : "active"], (transaction) => {
    editNodes(transaction, keysOf(nodes), { mode: on ? MODE[mode] : MODE.active });
  });
}

const keysOf = (records: readonly { readonly key: Key }[]): Key[] => records.map(({ key }) => key);
