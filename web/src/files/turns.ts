/**
 * What is done to the file of a document, as saving and renaming it, waits for what is under way: it needs the path and
 * the ETag that come of that. Knows none of what is done.
 */

import type { Editor } from "../editor/editor";

/** By document; none of them rejects. */
const underWay = new WeakMap<Editor, Promise<unknown>>();

/** Act once all that was begun before with the files of these documents is over. */
export function inTurn<T>(editors: readonly Editor[], act: () => Promise<T>): Promise<T> {
  const done = Promise.all(editors.map((editor) => underWay.get(editor) ?? Promise.resolve())).then(act);
  const over = done.catch(() => undefined);
  for (const editor of editors) underWay.set(editor, over);
  return done;
}
