/** Groups: frames drawn around nodes. */

import { grown } from "../bounds";
import { addGroup, editGroups } from "../../document/edit-groups";
import type { Bounds, GroupRecord, Key, Point } from "../../document/records";
import { strings } from "../../i18n/language";
import type { Board } from "./board";
import { DEFAULT_FONT_SIZE, groupTitleHeight } from "../shapes";
import { membersOf } from "./members";

/** A frame around what is selected, which is then selected itself; its key, or null where nothing is selected. */
export function frameSelected(board: Board): Key | null {
  const content = board.scene.around(board.editor.selection.getState());
  return content && addFrame(board, framed(content, { fontSize: DEFAULT_FONT_SIZE }));
}

/** An empty frame. */
export function addFrameAt(board: Board, { x, y }: Point): Key {
  return addFrame(board, { x, y, width: 400, height: 260 });
}

/** Draw a group close around what lies in it; an empty one stays as it is. */
export function fitGroup(board: Board, key: Key): void {
  const { store } = board.editor.document;
  const content = board.scene.around(membersOf(board, key));
  if (!content) return;
  store.transact(strings().gestures.done.fit, (transaction) => {
    editGroups(transaction, [key], { bounds: framed(content, store.need(key, "group")) });
  });
}

export function setFontSize(board: Board, key: Key, fontSize: number): void {
  board.editor.document.store.transact(strings().gestures.done.fontSize, (transaction) => {
    editGroups(transaction, [key], { fontSize });
  });
}

function addFrame({ editor }: Board, bounds: Bounds): Key {
  const words = strings().gestures;
  const { key } = editor.document.store.transact(words.done.frame, (transaction) =>
    addGroup(transaction, editor.graph, {
      title: words.newGroup,
      bounds,
      color: "#3f789e",
      fontSize: DEFAULT_FONT_SIZE,
    }),
  );
  editor.select([key]);
  return key;
}

function framed(content: Bounds, group: Pick<GroupRecord, "fontSize">): Bounds {
  const { x, y, width, height } = grown(content, PADDING);
  const title = groupTitleHeight(group);
  return { x, y: y - title, width, height: height + title };
}

const PADDING = 10;
