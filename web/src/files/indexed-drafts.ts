/** Drafts in the browser's own database. */

import { openDB, type DBSchema } from "idb";

import type { Draft, DraftStore, Session } from "./drafts";

interface Schema extends DBSchema {
  sessions: { key: string; value: Session };
  drafts: { key: [string, string]; value: Draft };
}

/** Rejects where the browser keeps nothing, as in some private windows. */
export async function openDrafts(): Promise<DraftStore> {
  const database = await openDB<Schema>("nodegraph", 1, {
    upgrade(created) {
      created.createObjectStore("sessions", { keyPath: "window" });
      created.createObjectStore("drafts", { keyPath: ["window", "id"] });
    },
  });
  const ofWindow = (window: string): IDBKeyRange => IDBKeyRange.bound([window], [window, []]);
  return {
    sessions: () => database.getAll("sessions"),
    drafts: (window) => database.getAll("drafts", ofWindow(window)),
    async keep(session, changed) {
      // All is asked for at once: a page that is being left has no time to wait for answers.
      const transaction = database.transaction(["sessions", "drafts"], "readwrite");
      const drafts = transaction.objectStore("drafts");
      const asked: Promise<unknown>[] = [
        transaction.objectStore("sessions").put(session),
        ...changed.map((draft) => drafts.put(draft)),
        drafts.getAllKeys(ofWindow(session.window)).then((keys) => {
          const gone = keys.filter(([, id]) => !session.tabs.includes(id));
          return Promise.all(gone.map((key) => drafts.delete(key)));
        }),
      ];
      await Promise.all([...asked, transaction.done]);
    },
    async drop(window) {
      const transaction = database.transaction(["sessions", "drafts"], "readwrite");
      await Promise.all([
        transaction.objectStore("sessions").delete(window),
        transaction.objectStore("drafts").delete(ofWindow(window)),
        transaction.done,
      ]);
    },
  };
}
