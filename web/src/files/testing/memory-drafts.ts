/** For tests: drafts that last as long as the page. */

import type { Draft, DraftStore, Session } from "../drafts";

export function memoryDrafts(): DraftStore {
  const sessions = new Map<string, Session>();
  const drafts = new Map<string, Draft[]>();
  return {
    sessions: () => Promise.resolve([...sessions.values()]),
    drafts: (window) => Promise.resolve(drafts.get(window) ?? []),
    keep(session, changed, gone) {
      const before = (drafts.get(session.window) ?? []).filter(({ id }) => changed.every((draft) => draft.id !== id));
      sessions.set(session.window, session);
      drafts.set(
        session.window,
        [...before, ...changed].filter(({ id }) => !gone.includes(id)),
      );
      return Promise.resolve();
    },
    drop(window) {
      sessions.delete(window);
      drafts.delete(window);
      return Promise.resolve();
    },
  };
}
