import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { editNodes } from "../document/edit-nodes";
import { nodeKey, ROOT } from "../document/records";
import type { App } from "../editor/app";
import { autosave } from "./autosave";
import { move } from "./manage";
import { save } from "./save";
import { openTab } from "./tabs";
import { testApp } from "./testing/app";

const CANVAS = '{"last_node_id": 3, "nodes": [{"id": 3, "type": "A"}], "links": [], "version": 0.4}';
const FILE = { path: "a/b c.json", etag: '"old"' };

let app: App;
let asked: { url: string; init: RequestInit | undefined }[];
/** What the server says to a write. */
let answer: () => Response;

beforeEach(() => {
  app = testApp();
  asked = [];
  answer = () => Response.json({ path: "workflows/a/b c.json", etag: '"new"', size: 1, modified: 1, created: 1 });
  vi.stubGlobal("fetch", (url: string, init?: RequestInit) => {
    if (init?.method === "POST" && url.endsWith("/move")) {
      asked.push({ url, init });
      return Promise.resolve(Response.json({ path: "workflows/a/new.json", kind: "file" }));
    }
    if (init?.method !== "PUT") return Promise.resolve(Response.json({ entries: [] }));
    asked.push({ url, init });
    return Promise.resolve(answer());
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const opened = (): string => openTab(app, { title: "b c", text: CANVAS, file: FILE }).id;
const tab = () => app.workspace.getState().tabs[0];
const rename = (title: string): void => {
  tab()?.editor.document.store.transact("rename", (transaction) => {
    editNodes(transaction, [nodeKey(ROOT, 3)], { title });
  });
};

describe("saving", () => {
  it("writes the text if the file is still what was read, and knows it by its new tag", async () => {
    const id = opened();
    rename("x");
    expect(await save(app, id)).toBe(true);
    expect(asked[0]?.url).toBe("/api/v1/userdata/files/workflows/a/b%20c.json");
    expect(asked[0]?.init).toMatchObject({ headers: { "If-Match": '"old"' }, body: tab()?.editor.document.text() });
    expect(tab()).toMatchObject({
      file: { path: "a/b c.json", etag: '"new"' },
      changed: false,
      kept: asked[0]?.init?.body,
    });
  });

  it("waits for a save under way, and begins with the tag that comes of it", async () => {
    const id = opened();
    rename("x");
    const first = save(app, id);
    rename("y");
    expect(await Promise.all([first, save(app, id)])).toEqual([true, true]);
    expect(asked.map(({ init }) => (init?.headers as Record<string, string>)["If-Match"])).toEqual(['"old"', '"new"']);
    expect(app.ui.getState().dialog).toBeNull();
    expect(tab()?.changed).toBe(false);
  });

  it("and renaming wait for each other", async () => {
    const id = opened();
    rename("x");
    const moved = { path: "workflows/a/new.json", etag: '"newer"', size: 1, modified: 1, created: 1 };
    const first = save(app, id);
    const renamed = move(app, FILE.path, "a/new.json");
    const second = save(app, id);
    await first;
    answer = () => Response.json(moved);
    expect(await Promise.all([renamed, second])).toEqual([true, true]);
    expect(asked.map(({ url }) => url.slice("/api/v1/userdata/".length))).toEqual([
      "files/workflows/a/b%20c.json",
      "move",
      "files/workflows/a/new.json",
    ]);
    expect(tab()).toMatchObject({ title: "new", file: { path: "a/new.json", etag: '"newer"' } });
  });

  it("leaves what was changed while the server wrote marked as changed", async () => {
    const id = opened();
    const good = answer;
    answer = () => {
      rename("later");
      return good();
    };
    await save(app, id);
    expect(tab()?.changed).toBe(true);
    expect(tab()?.kept).not.toContain("later");
  });

  it("asks where the file has changed, and changes nothing", async () => {
    const id = opened();
    const error = { type: "precondition_failed", message: "", details: "", extra_info: { etag: '"theirs"' } };
    answer = () => Response.json({ error, node_errors: {} }, { status: 412 });
    expect(await save(app, id)).toBe(false);
    expect(app.ui.getState().dialog).toEqual({ kind: "conflict", tab: id });
    expect(app.files.getState().news.get(id)).toBe("changed");
    expect(tab()?.file).toEqual(FILE);
  });

  it("asks for a name where there is none", async () => {
    const { id } = openTab(app, { title: "new", text: CANVAS });
    expect(await save(app, id)).toBe(false);
    expect(app.ui.getState().dialog).toEqual({ kind: "save-as", tab: id });
    expect(asked).toEqual([]);
  });
});

describe("saving by itself", () => {
  const changed = async (): Promise<void> => {
    vi.useFakeTimers();
    opened();
    rename("x");
    app.workspace.setState(({ tabs }) => ({ tabs: tabs.map((other) => ({ ...other, changed: true })) }));
    const now = tab();
    if (now) autosave(app)(now);
    await vi.advanceTimersByTimeAsync(5000);
  };

  it("happens a while after a change, where the person wants it", async () => {
    app.settings.setState({ autosave: true });
    await changed();
    expect(asked).toHaveLength(1);
  });

  it("does not happen else", async () => {
    await changed();
    expect(asked).toEqual([]);
  });
});
