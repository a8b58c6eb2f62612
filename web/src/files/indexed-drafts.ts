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
    async keep(session, changed, gone) {
      const transaction = database.transaction(["sessions", "drafts"], "readwrite");
      const drafts = transaction.objectStore("drafts");
      const asked: Promise<unknown>[] = [
        transaction.objectStore("sessions").put(session),
        ...changed.map((draft) => drafts.put(draft)),
        ...gone.map((id) => drafts.delete([session.window, id])),
      ];
      // Else the browser would wait for the page to ask for more, and undo all if the page were gone first.
      transaction.commit();
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
