/** Putting a node into the link that it is let go on. */

import { insertIntoLink, spliceOf } from "../../editing/fitting";
import { linksOutOf } from "../../document/edit-links";
import type { Key, Point } from "../../document/records";
import type { Board } from "../actions/board";

/** How near to the link the pointer must be, in pixels. */
const REACH = 8;

/** The link at a point that a node could be put into; null: none. What a node is linked to already is left as it is. */
export function linkToInsert({ editor, scene }: Board, node: Key, at: Point): Key | null {
  const { store } = editor.document;
  const { id } = store.need(node, "node");
  const fits = (link: Key): boolean => {
    const splice = spliceOf(store, node, link, editor.catalog.getState());
    return splice !== null && linksOutOf(store, editor.graph, { node: id, slot: splice.output }).length === 0;
  };
  return scene.linkNear(at, REACH / editor.view.getState().viewport.scale, fits)?.link ?? null;
}

export function insert({ editor }: Board, label: string, node: Key, link: Key): void {
  editor.document.store.transact(label, (transaction) => {
    insertIntoLink(transaction, node, link, editor.catalog.getState());
  });
}
