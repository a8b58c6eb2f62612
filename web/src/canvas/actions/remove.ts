/** Removing what is selected. */

import { removeGroups } from "../../document/edit-groups";
import { removeReroute } from "../../document/edit-links";
import type { Key } from "../../document/records";
import type { Transaction } from "../../document/store";
import { unlink } from "../../editing/connect";
import { dropNodes, removeKeepingLinks } from "../../editing/remove";
import type { Editor } from "../../editor/editor";
import { strings } from "../../i18n/language";
import { recordsOf, selectedNodes } from "./board";

/** Groups go without what lies in them, nodes with their links. */
export function removeSelected(editor: Editor): void {
  const keys = editor.selection.getState();
  if (keys.size === 0) return;
  editor.document.store.transact(strings().gestures.done.remove, (transaction) => {
    removeAll(transaction, editor, keys);
  });
}

/** Remove the nodes that are selected, and join what fed each to what it fed where the types allow it. */
export function removeSelectedKeepingLinks(editor: Editor): void {
  const keys = selectedNodes(editor).map(({ key }) => key);
  if (keys.length === 0) return;
  editor.document.store.transact(strings().gestures.done.remove, (transaction) => {
    removeKeepingLinks(transaction, keys, editor.catalog.getState());
  });
}

function removeAll(transaction: Transaction, editor: Editor, keys: Iterable<Key>): void {
  const [nodes, groups, reroutes, links] = (["node", "group", "reroute", "link"] as const).map((kind) =>
    recordsOf(editor, keys, kind).map(({ key }) => key),
  ) as [Key[], Key[], Key[], Key[]];
  const catalog = editor.catalog.getState();
  removeGroups(transaction, groups);
  // The links of a node go with it, and the reroutes of a link.
  const stillThere = (key: Key): boolean => transaction.get(key) !== undefined;
  for (const key of links) unlink(transaction, key, catalog);
  dropNodes(transaction, nodes, catalog);
  for (const key of reroutes.filter(stillThere)) removeReroute(transaction, key);
}
