/** Adding a node of a class, selected at once. */

import { addNodeOf } from "../../editing/new-node";
import type { Key, Point } from "../../document/records";
import type { Editor } from "../../editor/editor";
import { strings } from "../../i18n/language";
import { measure } from "../measure";

/** With the upper left corner of its body at `at`. Throws RangeError where nobody knows that class. */
export function addNodeAt(editor: Editor, classId: string, at: Point): Key {
  const { key } = editor.document.store.transact(strings().gestures.done.add, (transaction) =>
    addNodeOf(transaction, editor.catalog.getState(), editor.graph, classId, at, measure),
  );
  editor.select([key]);
  return key;
}
