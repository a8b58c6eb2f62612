import { beforeEach, describe, expect, it, vi } from "vitest";

import { editNodes } from "../document/edit-nodes";
import { nodeKey, ROOT } from "../document/records";
import type { App } from "../editor/app";
import { closeTab } from "../editor/workspace";
import { takeUp, takeUpCopy } from "./begin";
import type { Draft, DraftStore, Session } from "./drafts";
import { Keeper } from "./keeper";
import { storagesOf, withParting } from "./parting";
import { openTab } from "./tabs";
import { testApp } from "./testing/app";
import { memoryDrafts } from "./testing/memory-drafts";
import type { Windows } from "./windows";

const CANVAS = '{"last_node_id": 3, "nodes": [{"id": 3, "type": "A", "title": "before"}], "links": [], "version": 0.4}';

let stored: DraftStore;
let name = "";
beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
  stored = memoryDrafts();
});

const places = [localStorage, sessionStorage];
const left = (): number => places.reduce((count, place) => count + place.length, 0);

const windows = (former: string | null): Windows => ({
  former,
  claim: () => Promise.resolve(true),
  open: () => Promise.resolve(new Set()),
});

const rename = (app: App, title: string): void => {
  app.workspace.getState().tabs[0]?.editor.document.store.transact("rename", (transaction) => {
    editNodes(transaction, [nodeKey(ROOT, 3)], { title });
  });
};

/** A database that never answers, as one whose page is gone before it could. */
const silent = (): DraftStore => ({ ...stored, keep: () => new Promise(() => undefined) });

const session = (at: number, tabs: readonly string[] = ["a"]): Session => ({ window: "w", tabs, active: null, at });
const draft = (id: string, text: string): Draft => {
  const view = { path: [], viewport: { x: 0, y: 0, scale: 1 }, unseen: false };
  return { window: "w", id, title: id, file: null, kept: "", text, view, jobs: [] };
};

describe("a window that is left before the database has answered", () => {
  it("comes back with its last change, and with tabs that were just opened and closed", async () => {
    const app = testApp();
    const { id } = openTab(app, { title: "closed", text: CANVAS });
    const first = new Keeper(app, withParting(stored, places), "w");
    const endFirst = first.follow();
    await first.keep();
    endFirst();

    const end = new Keeper(app, withParting(silent(), places), "w").follow();
    closeTab(app.workspace, id);
    openTab(app, { title: "opened", text: CANVAS });
    rename(app, "last words");
    window.dispatchEvent(new Event("pagehide"));
    end();

    for (const former of ["w", null]) {
      const again = testApp();
      const drafts = withParting(stored, places);
      expect(await takeUp(again, drafts, windows(former))).toMatchObject({ window: "w", known: true });
      const { tabs } = again.workspace.getState();
      expect(tabs.map(({ title, changed }) => [title, changed])).toEqual([["opened", true]]);
      expect(tabs[0]?.editor.document.text()).toContain("last words");
    }
  });

  it("keeps what was already on its way as well", async () => {
    const app = testApp();
    openTab(app, { title: "one", text: CANVAS });
    const keeper = new Keeper(app, withParting(silent(), places), "w");
    const end = keeper.follow();
    rename(app, "on its way");
    void keeper.keep();
    window.dispatchEvent(new Event("pagehide"));
    end();
    const again = testApp();
    await takeUp(again, withParting(stored, places), windows("w"));
    expect(again.workspace.getState().tabs[0]?.editor.document.text()).toContain("on its way");
  });

  it("leaves no copy once the database has kept what was in it", async () => {
    const drafts = withParting(stored, places);
    drafts.part(session(1), [draft("a", "new"), draft("b", "unread")], ["gone"]);
    await stored.keep(session(0), [draft("gone", "old")], []);
    expect(left()).toBe(1);
    await drafts.keep(session(2), [draft("a", "newer")], []);
    expect(left()).toBe(0);
    const texts = (await stored.drafts("w")).map(({ id, text }) => [id, text]);
    expect(texts).toEqual([
      ["a", "newer"],
      ["b", "unread"],
    ]);
  });

  it("leaves none either where the clock was put back", async () => {
    const drafts = withParting(stored, places);
    drafts.part(session(9), [draft("a", "new")], []);
    await drafts.keep(session(1), [draft("a", "newer")], []);
    expect((await drafts.drafts("w"))[0]?.text).toBe("newer");
  });

  it("has a copy still where what the database kept is older", async () => {
    let answer = (): void => undefined;
    const keeping = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const drafts = withParting({ ...stored, keep: () => keeping }, places);
    const kept = drafts.keep(session(1), [draft("a", "old")], []);
    drafts.part(session(2), [draft("a", "new")], []);
    answer();
    await kept;
    expect((await drafts.drafts("w"))[0]?.text).toBe("new");
  });
});

describe("the newer one counts", () => {
  it.each([
    [1, 2, "database"],
    [2, 1, "copy"],
    [1, 1, "copy"], // the same, and the database may have been cut short
  ])("of a copy from %i and a database from %i", async (copied, kept, expected) => {
    await stored.keep(session(kept), [draft("a", "database")], []);
    const drafts = withParting(stored, places);
    drafts.part(session(copied, ["a", "b"]), [draft("a", "copy")], []);
    expect((await drafts.drafts("w"))[0]?.text).toBe(expected);
    expect((await drafts.sessions())[0]?.at).toBe(Math.max(copied, kept));
  });
});

it("is forgotten when it is the older one: what was closed since does not come back with what is kept next", async () => {
  await stored.keep(session(2), [draft("a", "database")], []);
  const drafts = withParting(stored, places);
  drafts.part(session(1, ["a", "closed"]), [draft("closed", "copy")], []);
  await drafts.drafts("w");
  await drafts.keep(session(3), [], []);
  expect((await stored.drafts("w")).map(({ id }) => id)).toEqual(["a"]);
});

describe("where the database refuses", () => {
  const refuse = (): Promise<never> => Promise.reject(new DOMException("Internal error", "UnknownError"));
  const refusing: DraftStore = { sessions: refuse, drafts: refuse, keep: refuse, drop: refuse };

  it.each(["w", null])(
    "the window %s goes on with its copy under the same name, and copies do not pile up",
    async (former) => {
      vi.spyOn(console, "warn").mockReturnValue();
      for (const title of ["first", "second", "third"]) {
        const app = testApp();
        const drafts = withParting(refusing, places);
        const begun = await takeUpCopy(app, drafts, windows(title === "first" ? null : former && name));
        if (title === "first") openTab(app, { title: "one", text: CANVAS });
        else expect(begun).toMatchObject({ window: name, known: true });
        name = begun.window;
        expect(app.workspace.getState().tabs.map((tab) => tab.title)).toEqual(["one"]);
        const end = new Keeper(app, drafts, begun.window, undefined, begun.at).follow();
        rename(app, title);
        window.dispatchEvent(new Event("pagehide"));
        end();
        expect(left()).toBe(1);
      }
      const again = testApp();
      await takeUpCopy(again, withParting(refusing, places), windows(former && name));
      expect(again.workspace.getState().tabs[0]?.editor.document.text()).toContain("third");
    },
  );

  it("a copy of some of the tabs stays for the database to complete, and the window has another name", async () => {
    const drafts = withParting(refusing, places);
    drafts.part(session(1, ["a", "b"]), [draft("a", CANVAS)], []);
    const app = testApp();
    const begun = await takeUpCopy(app, drafts, windows("w"));
    expect(begun).toMatchObject({ known: false });
    expect(begun.window).not.toBe("w");
    expect(app.workspace.getState().tabs).toEqual([]);
    expect(left()).toBe(1);
  });
});

it("what is kept of a window that came back is later than what was, even where the clock was put back", async () => {
  const future = Date.now() + 60_000;
  const app = testApp();
  await stored.keep(session(future), [draft("a", CANVAS)], []);
  const drafts = withParting(stored, places);
  const begun = await takeUp(app, drafts, windows("w"));
  await new Keeper(app, drafts, begun.window, undefined, begun.at).keep();
  expect((await stored.sessions())[0]?.at).toBe(future + 1);
});

describe("where web storage is short of room", () => {
  const full = (room: number): Storage => {
    const held = new Map<string, string>();
    return {
      getItem: (name: string) => held.get(name) ?? null,
      removeItem: (name: string) => held.delete(name),
      setItem: (name: string, text: string) => {
        if (text.length > room) throw new DOMException("full", "QuotaExceededError");
        held.set(name, text);
      },
    } as unknown as Storage;
  };

  it("the next place is taken", async () => {
    const drafts = withParting(stored, [full(100), sessionStorage]);
    drafts.part(session(1), [draft("a", "x".repeat(1000))], []);
    expect(await drafts.drafts("w")).toHaveLength(1);
    expect(sessionStorage).toHaveLength(1);
  });

  it("the smaller ones are kept, and the database has to do for the largest", async () => {
    await stored.keep(session(0), [draft("large", "before")], []);
    const drafts = withParting(stored, [full(1000)]);
    drafts.part(session(1), [draft("large", "x".repeat(1000)), draft("small", "new")], []);
    const texts = (await drafts.drafts("w")).map(({ id, text }) => [id, text]);
    expect(texts).toEqual([
      ["large", "before"],
      ["small", "new"],
    ]);
  });

  it("or is refused, all else goes on", async () => {
    const refused = vi.fn(() => {
      throw new DOMException("The operation is insecure.", "SecurityError");
    });
    const page = Object.defineProperties({}, { localStorage: { get: refused }, sessionStorage: { get: refused } });
    const drafts = withParting(stored, storagesOf(page as Window));
    expect(refused).toHaveBeenCalledTimes(2);
    drafts.part(session(1), [draft("a", "new")], []);
    await drafts.keep(session(1), [draft("a", "new")], []);
    expect(await drafts.drafts("w")).toHaveLength(1);
  });
});
