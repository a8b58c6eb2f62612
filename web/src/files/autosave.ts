/** Saves workflows that have a file by themselves, where the person wants that. */

import type { App } from "../editor/app";
import type { Tab } from "../editor/workspace";
import { may, useSession } from "../state/session";
import { save } from "./save";

/** Milliseconds after a change. */
const PAUSE = 2000;

/**
 * To be told of each tab that has changed. What another window has changed too is left to the person, and who may only
 * look saves nothing.
 */
export function autosave(app: App): (tab: Tab) => void {
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  return ({ id }) => {
    clearTimeout(timers.get(id));
    const saveNow = (): void => {
      timers.delete(id);
      const tab = app.workspace.getState().tabs.find((other) => other.id === id);
      const news = app.files.getState().news.get(id);
      if (tab?.file && tab.changed && (news === undefined || news === "open-elsewhere"))
        void save(app, id, { quiet: true });
    };
    const wanted = app.settings.getState().autosave && may("run")(useSession.getState());
    if (wanted) timers.set(id, setTimeout(saveNow, PAUSE));
  };
}
