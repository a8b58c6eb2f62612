/** What is done to a link as such. */

import { courseTo, rerouteById } from "../../document/course";
import { unlink } from "../../editing/connect";
import { addReroute } from "../../document/edit-links";
import type { Key, Point, RerouteRecord } from "../../document/records";
import type { Editor } from "../../editor/editor";
import { strings } from "../../i18n/language";
import { curvesThrough, nearest } from "../curves";
import type { Board } from "./board";

/** Give the link a bend at `at`, in the right place among those it has; it is then selected. */
export function bendLink(board: Board, link: Key, at: Point): Key {
  const { editor } = board;
  const { key } = editor.document.store.transact(strings().gestures.done.reroute, (transaction) =>
    addReroute(transaction, link, at, nextBend(board, link, at)),
  );
  editor.select([key]);
  return key;
}

/** The bend of a link that comes next after the point of it that is nearest to `at`; null: none before its target. */
function nextBend({ editor, scene }: Board, link: Key, at: Point): RerouteRecord | null {
  const { store } = editor.document;
  const { parent, graph, origin, target } = store.need(link, "link");
  const bends = courseTo(parent, rerouteById(store.members(graph, "reroute"))).reverse();
  const from = scene.socket(origin.node, "outputs", origin.slot)?.at;
  const to = scene.socket(target.node, "inputs", target.slot)?.at;
  if (!from || !to) return null;
  const pieces = curvesThrough([from, ...bends.map(({ position }) => position), to]);
  const distances = pieces.map((piece) => nearest(piece, at).distance);
  return bends[distances.indexOf(Math.min(...distances))] ?? null;
}

export function removeLink(editor: Editor, link: Key): void {
  editor.document.store.transact(strings().gestures.done.unlink, (transaction) => {
    unlink(transaction, link, editor.catalog.getState());
  });
}
