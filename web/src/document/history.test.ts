// @vitest-environment node
import { beforeEach, describe, expect, it } from "vitest";

import { parseCanvas, readCanvas } from "./canvas-read";
import { editNodes } from "./edit-nodes";
import { History } from "./history";
import { nodeKey, ROOT } from "./records";
import { DocumentStore } from "./store";
import { CANVAS_10 } from "./testing/canvases";

const NODE = nodeKey(ROOT, 1);

let store: DocumentStore;
let history: History;

beforeEach(() => {
  store = new DocumentStore(readCanvas(parseCanvas(CANVAS_10)));
  history = new History(store, 10);
});

const title = (): string | null => store.need(NODE, "node").title;
const rename = (to: string | null, continues: string | null = null): void => {
  store.transact(
    `rename ${to}`,
    (transaction) => {
      editNodes(transaction, [NODE], { title: to });
    },
    { continues },
  );
};
const undoneTitles = (): (string | null)[] => {
  const titles = [title()];
  while (history.undoable !== null) {
    history.undo();
    titles.push(title());
  }
  return titles;
};

it("undoes and redoes one by one, and says what", () => {
  rename("A");
  rename("B");
  expect([history.undoable, history.redoable]).toEqual(["rename B", null]);
  history.undo();
  expect([title(), history.undoable, history.redoable]).toEqual(["A", "rename A", "rename B"]);
  history.undo();
  history.undo();
  expect([title(), history.undoable]).toEqual([null, null]);
  history.redo();
  history.redo();
  history.redo();
  expect([title(), history.redoable]).toEqual(["B", null]);
});

it("forgets what was undone once something else is done", () => {
  rename("A");
  history.undo();
  rename("B");
  expect(history.redoable).toBeNull();
  expect(undoneTitles()).toEqual(["B", null]);
});

describe("edits that continue one another", () => {
  it("are one entry", () => {
    rename("A");
    for (const text of ["h", "he", "hey"]) rename(text, "typing");
    rename("other", "elsewhere");
    expect(undoneTitles()).toEqual(["other", "hey", "A", null]);
  });

  it("are two where a mark or an undo lies between", () => {
    rename("a", "typing");
    history.mark();
    rename("ab", "typing");
    rename("abc", "typing");
    history.undo();
    rename("ax", "typing");
    expect(undoneTitles()).toEqual(["ax", "a", null]);
  });

  it("leave nothing where they come back to where they began", () => {
    const node = store.need(NODE, "node");
    rename("a", "typing");
    store.transact(
      "back",
      (transaction) => {
        transaction.put(node);
      },
      { continues: "typing" },
    );
    expect(history.undoable).toBeNull();
  });
});

describe("a mark", () => {
  it("makes one entry of all that came after", () => {
    rename("A");
    const mark = history.mark();
    rename("B");
    store.transact("move", (transaction) => {
      editNodes(transaction, [NODE], { position: { x: 1, y: 1 } });
    });
    history.squash(mark, "drag");
    expect(history.undoable).toBe("drag");
    history.undo();
    expect([title(), store.need(NODE, "node").position]).toEqual(["A", { x: 0, y: 0 }]);
    history.redo();
    expect([title(), store.need(NODE, "node").position]).toEqual(["B", { x: 1, y: 1 }]);
  });

  it("is a point to go back to as if nothing had been", () => {
    rename("A");
    const mark = history.mark();
    rename("B");
    rename("C");
    history.abandon(mark);
    expect([title(), history.undoable, history.redoable]).toEqual(["A", "rename A", null]);
    history.squash(mark, "nothing");
    expect(history.undoable).toBe("rename A");
  });

  it("leaves what was undone before to be done again, where all after it is taken back or comes to nothing", () => {
    rename("A");
    rename("B");
    history.undo();
    const mark = history.mark();
    rename("C");
    history.abandon(mark);
    expect(history.redoable).toBe("rename B");
    const [other, before] = [history.mark(), store.need(NODE, "node")];
    rename("D");
    store.transact("back", (transaction) => {
      transaction.put(before);
    });
    history.squash(other, "there and back");
    expect([history.undoable, history.redoable]).toEqual(["rename A", "rename B"]);
    history.redo();
    expect(title()).toBe("B");
  });
});

it("keeps no more than it may, and marks still hold", () => {
  for (let count = 0; count < 12; count += 1) rename(String(count));
  const mark = history.mark();
  rename("12");
  rename("13");
  history.squash(mark, "both");
  expect(undoneTitles()).toEqual(["13", "11", "10", "9", "8", "7", "6", "5", "4", "3"]);
});

it("stops following when it is closed", () => {
  history.close();
  rename("A");
  expect(history.undoable).toBeNull();
});
