/** Giving nodes the size that they need. */

import { faceOf } from "../../classes/face";
import { editNodes } from "../../document/edit-nodes";
import type { Editor } from "../../editor/editor";
import { strings } from "../../i18n/language";
import { measure } from "../measure";
import { selectedNodes } from "./board";

/** As a new node of that class has it, but no less than what is shown in it. Pinned ones keep theirs. */
export function resizeSelected(editor: Editor): void {
  const { store } = editor.document;
  const nodes = selectedNodes(editor).filter(({ pinned }) => !pinned);
  if (nodes.length === 0) return;
  store.transact(strings().gestures.done.resize, (transaction) => {
    for (const { key } of nodes) {
      editNodes(transaction, [key], { size: measure(faceOf(store, key, editor.catalog.getState())) });
    }
  });
}
