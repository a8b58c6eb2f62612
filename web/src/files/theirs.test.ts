import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { editNodes } from "../document/edit-nodes";
import { nodeKey, ROOT } from "../document/records";
import type { App } from "../editor/app";
import { changeTab, type Tab } from "../editor/workspace";
import { saveAndClose } from "./close";
import { Keeper } from "./keeper";
import { withParting } from "./parting";
import { openTab } from "./tabs";
import { testApp } from "./testing/app";
import { memoryDrafts } from "./testing/memory-drafts";
import { checkFiles, loadTheirs } from "./theirs";

const canvas = (title: string): string =>
  `{"last_node_id": 3, "nodes": [{"id": 3, "type": "A", "title": "${title}"}], "links": [], "version": 0.4}`;
const FILE = { path: "a.json", etag: '"old"' };

let app: App;
let end: () => void;
/** What happens while the server is answering. */
let meanwhile: (method: string) => void;

beforeEach(() => {
  app = testApp();
  end = new Keeper(app, withParting(memoryDrafts(), []), "w").follow();
  meanwhile = () => undefined;
  vi.stubGlobal("fetch", (url: string, { method = "GET" }: RequestInit = {}) => {
    if (url.includes("?path=")) return Promise.resolve(Response.json({ entries: [] }));
    meanwhile(method);
    if (method === "PUT") return Promise.resolve(Response.json({ path: "workflows/a.json", etag: '"mine"' }));
    const body = method === "HEAD" ? null : canvas("theirs");
    return Promise.resolve(new Response(body, { headers: { ETag: '"theirs"' } }));
  });
});
afterEach(() => {
  end();
  vi.unstubAllGlobals();
});

const opened = (title = "a"): Tab => openTab(app, { title, text: canvas("mine"), file: FILE });
const edit = ({ editor }: Tab, title: string): void => {
  editor.document.store.transact("rename", (transaction) => {
    editNodes(transaction, [nodeKey(ROOT, 3)], { title });
  });
};
const texts = (): string[] => app.workspace.getState().tabs.map(({ editor }) => editor.document.text());

it("what another has saved takes the place of what is unchanged", async () => {
  await loadTheirs(app, opened().id);
  expect(texts()).toEqual([canvas("theirs")]);
  expect(app.workspace.getState().tabs[0]?.file).toEqual({ path: "a.json", etag: '"theirs"' });
});

it("what is edited while the file of another comes is kept, and the person told", async () => {
  const tab = opened();
  meanwhile = () => {
    edit(tab, "later");
  };
  await loadTheirs(app, tab.id);
  expect(texts()[0]).toContain("later");
  expect(app.files.getState().news.get(tab.id)).toBe("changed");
});

it("a file is not called changed for having been saved from here", async () => {
  const { id } = opened();
  meanwhile = () => {
    changeTab(app.workspace, id, { file: { path: "a.json", etag: '"mine"' } });
  };
  await checkFiles(app);
  expect(app.files.getState().news.size).toBe(0);
});

it("what is edited while tabs are saved and closed is saved too", async () => {
  const [one, other] = [opened("one"), opened("other")];
  edit(one, "first");
  const saved: string[] = [];
  meanwhile = (method) => {
    if (method !== "PUT") return;
    saved.push(method);
    if (saved.length === 1) for (const tab of [one, other]) edit(tab, "last words");
  };
  await saveAndClose(app, [one.id, other.id]);
  expect(saved).toHaveLength(3);
  expect(app.workspace.getState().tabs).toEqual([]);
});
