import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { changeTab } from "../editor/workspace";
import type { SessionView } from "../protocol/schema";
import { useSession, type Scope } from "../state/session";
import { uploadPicture } from "../widgets/picture/upload";
import { autosave } from "./autosave";
import { openTab } from "./tabs";
import { testApp } from "./testing/app";

const signedIn = (scope: Scope): void => {
  useSession.setState({ who: { tokens_required: true, name: "eva", scope, session: true } satisfies SessionView });
};

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  useSession.setState(useSession.getInitialState());
});

describe("who may only look", () => {
  it.each([
    ["read", 0],
    ["run", 1],
  ] as const)("with the scope %s has what changes saved %i times", async (scope, times) => {
    const fetched = vi.fn(() => Promise.resolve(new Response(null, { status: 503 })));
    vi.stubGlobal("fetch", fetched);
    signedIn(scope);
    const app = testApp();
    app.settings.setState({ autosave: true });
    const { id } = openTab(app, { title: "a", file: { path: "a.json", etag: '"1"' } });
    changeTab(app.workspace, id, { changed: true });
    const [tab] = app.workspace.getState().tabs;
    if (!tab) throw new Error();
    autosave(app)(tab);
    await vi.advanceTimersByTimeAsync(3000);
    expect(fetched).toHaveBeenCalledTimes(times);
  });

  it("is told why a picture is not taken before it is sent", async () => {
    signedIn("read");
    const send = vi.spyOn(XMLHttpRequest.prototype, "send").mockReturnValue();
    await expect(uploadPicture(new File(["x"], "a.png"))).rejects.toThrow("may look only");
    expect(send).not.toHaveBeenCalled();
  });
});
