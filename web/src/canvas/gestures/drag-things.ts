/**
 * Dragging what is selected: to the grid, in line with others, or as a copy. A node by itself is put into the link that
 * it is let go on. The document follows at once, so links and groups move along; all of it is one edit.
 */

import { minus, plus } from "../bounds";
import type { Bounds, Key, Point } from "../../document/records";
import { strings } from "../../i18n/language";
import { duplicate } from "../actions/clipboard";
import { movable, place, placeOf } from "../actions/move";
import type { Gesture, Ground, Pointer } from "./gesture";
import { insert, linkToInsert } from "./insert";
import { inLine, onGrid } from "./snap";
import { raise } from "./raise";

/** How near an edge must come to another's to be drawn there, in pixels. */
const GUIDE_REACH = 5;

/** `grabbed` is what the pointer is on; with Alt held a copy is dragged and the original stays. */
export function dragThings({ surface, settings }: Ground, start: Pointer, grabbed: Key): Gesture {
  const { editor, scene, transient } = surface;
  const { store, history } = editor.document;
  const words = strings().gestures.done;
  const mark = history.mark();
  const before = editor.selection.getState();
  const corner = placeOf(store, grabbed) ?? start.at;
  if (start.alt) duplicate(editor, { x: 0, y: 0 });
  const keys = movable(surface, editor.selection.getState());
  const whole = scene.around(keys);
  const [only] = keys;
  const alone = keys.length === 1 && only !== undefined && store.get(only)?.kind === "node" ? only : null;
  store.transact(words.move, (transaction) => {
    raise(transaction, editor.graph, new Set(keys));
  });
  /** From where they are moved: steps added one to another would not come back to the very place. */
  const starts = new Map(keys.map((key) => [key, placeOf(store, key) ?? start.at]));
  let link: Key | null = null;

  function neighbours(): Bounds[] {
    const dragged = new Set(keys);
    const seen = scene.within(surface.view()).filter((key) => !dragged.has(key));
    // Only what has the same kind of edges: nodes with nodes.
    const nodes = seen.filter((key) => store.get(key)?.kind === "node");
    return nodes.map((key) => scene.boundsOf(key)).filter((box) => box !== undefined);
  }

  function rest(pointer: Pointer): Point {
    const free = minus(pointer.at, start.at);
    const by = { x: Math.round(free.x), y: Math.round(free.y) };
    if (settings.getState().snap || pointer.shift) {
      transient.setState({ guides: [] });
      return onGrid(corner, by);
    }
    if (!whole || pointer.ctrl) {
      transient.setState({ guides: [] });
      return by;
    }
    const { scale } = editor.view.getState().viewport;
    const line = inLine(whole, by, neighbours(), GUIDE_REACH / scale);
    transient.setState({ guides: line.guides });
    return line.by;
  }

  function follow(pointer: Pointer): void {
    if (keys.length === 0) return;
    const by = rest(pointer);
    store.transact(
      words.move,
      (transaction) => {
        for (const [key, start] of starts) place(transaction, key, plus(start, by));
      },
      { continues: "drag" },
    );
    link = alone === null || !store.get(alone) ? null : linkToInsert(surface, alone, pointer.at);
    transient.setState({ target: link === null ? null : { kind: "thing", key: link } });
  }

  function finish(): void {
    transient.setState({ guides: [], target: null });
  }

  return {
    cursor: "grabbing",
    pushes: true,
    move: follow,
    end(pointer) {
      follow(pointer);
      finish();
      if (alone !== null && link !== null) insert(surface, words.insert, alone, link);
      history.squash(mark, link !== null ? words.insert : start.alt ? words.duplicate : words.move);
    },
    cancel() {
      finish();
      history.abandon(mark);
      editor.select(before);
    },
  };
}
