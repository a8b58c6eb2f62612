import fc from "fast-check";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { editNodes } from "../document/edit-nodes";
import { nodeKey, ROOT } from "../document/records";
import type { App } from "../editor/app";
import { changeTab, closeTab, showTab } from "../editor/workspace";
import { takeUp } from "./begin";
import type { DraftStore } from "./drafts";
import { Keeper } from "./keeper";
import { withParting, type PartingDrafts } from "./parting";
import { openTab } from "./tabs";
import { testApp } from "./testing/app";
import { memoryDrafts } from "./testing/memory-drafts";
import type { Windows } from "./windows";

const CANVAS = '{"last_node_id": 3, "nodes": [{"id": 3, "type": "A", "title": "before"}], "links": [], "version": 0.4}';

let drafts: PartingDrafts;
beforeEach(() => {
  localStorage.clear();
  drafts = withParting(memoryDrafts(), [localStorage]);
});

const rename = (app: App, tab: number, title: string): void => {
  const { store } = app.workspace.getState().tabs[tab]?.editor.document ?? {};
  store?.transact("rename", (transaction) => {
    editNodes(transaction, [nodeKey(ROOT, 3)], { title });
  });
};

/** Of a new window where `open` are the names of others. */
const windows = (former: string | null, open: readonly string[] = []): Windows => ({
  former,
  claim: (name) => Promise.resolve(!open.includes(name)),
  open: () => Promise.resolve(new Set(open)),
});

const texts = (app: App): string[] => app.workspace.getState().tabs.map(({ editor }) => editor.document.text());

describe("what is kept of a window", () => {
  it("brings back its tabs as they were: order, the one that was shown, what was not saved, and the view", async () => {
    const app = testApp();
    const file = { path: "a.json", etag: '"1"' };
    const one = openTab(app, { title: "one", text: CANVAS, file });
    openTab(app, { title: "two", text: CANVAS });
    const keeper = new Keeper(app, drafts, "w");
    const end = keeper.follow();
    rename(app, 0, "after");
    one.editor.look({ x: 5, y: 6, scale: 0.5 });
    showTab(app.workspace, one.id);
    changeTab(app.workspace, one.id, { jobs: ["j"] });
    await keeper.keep();
    end();

    const again = testApp();
    expect(await takeUp(again, drafts, windows("w"))).toMatchObject({ window: "w", known: true });
    const { tabs, active } = again.workspace.getState();
    expect(tabs.map(({ title, changed, file: at, jobs }) => [title, changed, at, jobs])).toEqual([
      ["one", true, file, ["j"]],
      ["two", false, null, []],
    ]);
    expect(active).toBe(one.id);
    expect(texts(again)).toEqual(texts(app));
    expect(tabs[0]?.kept).toBe(CANVAS);
    expect(tabs[0]?.editor.view.getState().viewport).toEqual({ x: 5, y: 6, scale: 0.5 });
  });

  it("lags behind by less than a second, however fast changes follow each other", async () => {
    vi.useFakeTimers();
    try {
      const app = testApp();
      openTab(app, { title: "one", text: CANVAS });
      const end = new Keeper(app, drafts, "w").follow();
      for (let step = 0; step < 100; step += 1) {
        rename(app, 0, `title ${step}`);
        await vi.advanceTimersByTimeAsync(100);
        const [draft] = await drafts.drafts("w");
        const [, kept] = /"title (\d+)"/.exec(draft?.text ?? "") ?? [];
        if (step >= 10) expect(Number(kept)).toBeGreaterThan(step - 9);
      }
      end();
    } finally {
      vi.useRealTimers();
    }
  });

  it("is complete at once when the page is left", async () => {
    const app = testApp();
    openTab(app, { title: "one", text: CANVAS });
    const end = new Keeper(app, drafts, "w").follow();
    rename(app, 0, "last words");
    window.dispatchEvent(new Event("pagehide"));
    expect((await drafts.drafts("w"))[0]?.text).toContain("last words");
    end();
  });

  it("says that a tab has changed while it is other than its file, and no longer", async () => {
    const app = testApp();
    const { id, editor } = openTab(app, { title: "one", text: CANVAS });
    const keeper = new Keeper(app, drafts, "w");
    const end = keeper.follow();
    const changed = (): boolean | undefined => app.workspace.getState().tabs[0]?.changed;
    rename(app, 0, "after");
    expect(changed()).toBe(true);
    editor.document.history.undo();
    await keeper.keep();
    expect(changed()).toBe(false);
    editor.document.history.redo();
    await keeper.keep();
    changeTab(app.workspace, id, { kept: editor.document.text() });
    await keeper.keep();
    expect(changed()).toBe(false);
    end();
  });

  it("forgets tabs that are closed, and remembers that none is open", async () => {
    const app = testApp();
    const { id } = openTab(app, { title: "one", text: CANVAS });
    const keeper = new Keeper(app, drafts, "w");
    const end = keeper.follow();
    await keeper.keep();
    closeTab(app.workspace, id);
    await keeper.keep();
    expect(await drafts.drafts("w")).toEqual([]);
    const again = testApp();
    expect((await takeUp(again, drafts, windows("w"))).known).toBe(true);
    expect(again.workspace.getState().tabs).toEqual([]);
    end();
  });

  it("is tried again where the browser did not take it, and the person is told meanwhile", async () => {
    const app = testApp();
    openTab(app, { title: "one", text: CANVAS });
    const full = { ...drafts, keep: vi.fn<DraftStore["keep"]>(() => Promise.reject(new Error("QuotaExceededError"))) };
    const changed = vi.fn();
    const end = new Keeper(app, full, "w", changed).follow();
    rename(app, 0, "after");
    await vi.waitFor(() => {
      expect(app.files.getState().draftsKept).toBe(false);
    });
    expect(changed).toHaveBeenCalledOnce(); // saving by itself matters most now
    full.keep.mockImplementation((...kept) => drafts.keep(...kept));
    await vi.waitFor(
      async () => {
        expect((await drafts.drafts("w"))[0]?.text).toContain("after");
        expect(app.files.getState().draftsKept).toBe(true);
      },
      { timeout: 7000 },
    );
    end();
  }, 10_000);

  it("comes back whatever was done, in whatever order", async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant("open"), title: fc.string() }),
      fc.record({ do: fc.constant("rename"), tab: fc.nat(5), title: fc.string() }),
      fc.record({ do: fc.constant("close"), tab: fc.nat(5) }),
      fc.record({ do: fc.constant("keep") }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step), async (steps) => {
        const store = withParting(memoryDrafts(), []);
        const app = testApp();
        const keeper = new Keeper(app, store, "w");
        const end = keeper.follow();
        for (const action of steps) {
          const { tabs } = app.workspace.getState();
          if ("title" in action && !("tab" in action)) openTab(app, { title: action.title, text: CANVAS });
          else if ("title" in action && "tab" in action) rename(app, action.tab, action.title);
          else if ("tab" in action) closeTab(app.workspace, tabs[action.tab]?.id ?? "");
          else await keeper.keep();
        }
        await keeper.keep();
        end();
        const again = testApp();
        await takeUp(again, store, windows("w"));
        expect(texts(again)).toEqual(texts(app));
        expect(again.workspace.getState().active).toBe(app.workspace.getState().active);
        // Once kept, what a tab says of itself is so.
        for (const { changed, kept, editor } of app.workspace.getState().tabs) {
          expect(changed).toBe(editor.document.text() !== kept);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe("a new window", () => {
  const closedWindow = async (name: string, title: string | null, at: number): Promise<void> => {
    const app = testApp();
    openTab(app, { title: `of ${name}`, text: CANVAS });
    const keeper = new Keeper(app, drafts, name);
    const end = keeper.follow();
    if (title !== null) rename(app, 0, title);
    vi.spyOn(Date, "now").mockReturnValue(at);
    await keeper.keep();
    end();
  };

  it("goes on where the one that was closed last had stopped, and offers what others had not saved", async () => {
    await closedWindow("early", "unsaved", 1);
    await closedWindow("saved", null, 2);
    await closedWindow("late", "after", 3);
    vi.spyOn(Date, "now").mockReturnValue(100_000);
    const app = testApp();
    expect(await takeUp(app, drafts, windows(null))).toMatchObject({ window: "late", known: true });
    expect(app.workspace.getState().tabs.map(({ title }) => title)).toEqual(["of late"]);
    const { leftovers } = app.files.getState();
    expect(leftovers.map(({ titles, at }) => [titles, at])).toEqual([[["of early"], 1]]);
    expect((await drafts.sessions()).map(({ window }) => window)).toEqual(["early", "late"]);

    await leftovers[0]?.open();
    expect(app.workspace.getState().tabs.map(({ title }) => title)).toEqual(["of late", "of early"]);
    expect(texts(app)[1]).toContain("unsaved");
    expect(app.files.getState().leftovers).toEqual([]);
    expect((await drafts.sessions()).map(({ window }) => window)).toEqual(["late"]);
  });

  it("begins anew beside an open one, of which it takes nothing", async () => {
    await closedWindow("open", "unsaved", 1);
    const app = testApp();
    expect(await takeUp(app, drafts, windows(null, ["open"]))).toMatchObject({ known: false });
    expect(app.workspace.getState().tabs).toEqual([]);
    expect(app.files.getState().leftovers).toEqual([]);
    expect(await drafts.drafts("open")).toHaveLength(1);
  });

  it("that the browser made of an open one has copies of its tabs", async () => {
    await closedWindow("open", "unsaved", 1);
    const app = testApp();
    const { window } = await takeUp(app, drafts, windows("open", ["open"]));
    expect(window).not.toBe("open");
    expect(texts(app)[0]).toContain("unsaved");
    const [draft] = await drafts.drafts("open");
    expect(app.workspace.getState().tabs[0]?.id).not.toBe(draft?.id);
  });

  it("leaves alone what another may be about to come back to", async () => {
    await closedWindow("reloading", null, 1000);
    await closedWindow("late", null, 2000);
    await takeUp(testApp(), drafts, windows(null));
    expect(await drafts.drafts("reloading")).toHaveLength(1);
  });

  it("takes nothing of one that opens at the same time", async () => {
    const opened = new Set<string>();
    const slow: DraftStore = {
      ...drafts,
      sessions: async () => {
        await Promise.resolve();
        return drafts.sessions();
      },
    };
    const open = async (): Promise<ReadonlySet<string>> => {
      const now = new Set(opened);
      opened.add("other");
      await closedWindow("other", "unsaved", 1);
      return now;
    };
    const app = testApp();
    const claim = (name: string): Promise<boolean> => Promise.resolve(!opened.has(name));
    await takeUp(app, slow, { former: null, claim, open });
    expect(app.workspace.getState().tabs).toEqual([]);
    expect(app.files.getState().leftovers).toEqual([]);
  });

  it("opens what it can where one of its drafts cannot be read", async () => {
    await closedWindow("late", "after", 1);
    const [whole] = await drafts.drafts("late");
    if (!whole) throw new Error("Nothing was kept.");
    const session = { window: "late", tabs: ["broken", whole.id], active: "broken", at: 1 };
    await drafts.keep(session, [{ ...whole, id: "broken", text: "{" }], []);
    vi.spyOn(console, "warn").mockReturnValue();
    const app = testApp();
    await takeUp(app, drafts, windows(null));
    expect(app.workspace.getState().tabs.map(({ id }) => id)).toEqual([whole.id]);
  });

  it("forgets what is discarded", async () => {
    await closedWindow("early", "unsaved", 1);
    await closedWindow("late", null, 2);
    const app = testApp();
    await takeUp(app, drafts, windows(null));
    await app.files.getState().leftovers[0]?.discard();
    expect(await drafts.drafts("early")).toEqual([]);
    expect(app.files.getState().leftovers).toEqual([]);
  });
});
