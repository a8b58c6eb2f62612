/** Settings against a server that is played at the network's edge. */

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { createSettings, DEFAULTS, readSettings } from "../editor/settings";
import { useServer } from "../state/server";
import { keepSettings, rememberedSettings } from "./keep-settings";

let there: Record<string, unknown>;
let reachable: boolean;

beforeEach(() => {
  there = {};
  reachable = true;
  localStorage.clear();
  useServer.setState(useServer.getInitialState(), true);
  vi.stubGlobal("fetch", (_address: string, init: RequestInit) => {
    if (!reachable) return Promise.reject(new TypeError("no network"));
    if (init.method === "PATCH") Object.assign(there, JSON.parse(init.body as string));
    return Promise.resolve(new Response(JSON.stringify(there)));
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

describe("settings", () => {
  it("come from the server, what is nonsense there left out", async () => {
    there = { "nodegraph.theme": "dark", "nodegraph.snap": "yes", "Comfy.Locale": "fr" };
    const store = createSettings();
    const end = keepSettings(store);
    useServer.setState({ link: "open" });
    await settled();
    expect(store.getState()).toEqual({ ...DEFAULTS, theme: "dark" });
    expect(rememberedSettings().theme).toBe("dark");
    end();
  });

  it("go to the server one by one, under the page's own name", async () => {
    there = { "Comfy.Locale": "fr" };
    const store = createSettings();
    useServer.setState({ link: "open" });
    const end = keepSettings(store);
    store.setState({ language: "zh" });
    await settled();
    expect(there).toEqual({ "Comfy.Locale": "fr", "nodegraph.language": "zh" });
    end();
  });

  it("that were changed without the server reach it later, and are not overwritten by it", async () => {
    there = { "nodegraph.snap": false, "nodegraph.minimap": false };
    reachable = false;
    const store = createSettings();
    const end = keepSettings(store);
    store.setState({ snap: true });
    await settled();
    reachable = true;
    useServer.setState({ link: "open" });
    await settled();
    expect(store.getState()).toMatchObject({ snap: true, minimap: false });
    expect(there).toEqual({ "nodegraph.snap": true, "nodegraph.minimap": false });
    end();
  });

  it("that are changed while the server's are on their way stay as they are", async () => {
    there = { "nodegraph.snap": false };
    let answer: (() => void) | undefined;
    const slow = vi.fn((_address: string, init: RequestInit) => {
      if (init.method === "PATCH") Object.assign(there, JSON.parse(init.body as string));
      const response = new Response(JSON.stringify(there));
      if (init.method === "PATCH" || answer !== undefined) return Promise.resolve(response);
      return new Promise<Response>((resolve) => {
        answer = () => {
          resolve(response);
        };
      });
    });
    vi.stubGlobal("fetch", slow);
    const store = createSettings();
    const end = keepSettings(store);
    useServer.setState({ link: "open" });
    await settled();
    store.setState({ snap: true });
    await settled();
    answer?.();
    await settled();
    expect(store.getState().snap).toBe(true);
    end();
  });

  it("are remembered by this browser", () => {
    const store = createSettings();
    const end = keepSettings(store);
    store.setState({ theme: "dark", bookmarks: ["KSampler"] });
    expect(createSettings(rememberedSettings()).getState()).toEqual(store.getState());
    localStorage.setItem("nodegraph.settings", "{");
    expect(rememberedSettings()).toEqual({});
    end();
  });

  it("are read only where they are what they should be", () => {
    expect(readSettings({ ...DEFAULTS })).toEqual(DEFAULTS);
    expect(readSettings({ theme: 1, language: "fr", bookmarks: [1], leftDrag: "fly", more: true })).toEqual({});
  });
});
