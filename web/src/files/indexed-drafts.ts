/** Drafts in the browser's own database. */

import { openDB, type DBSchema, type IDBPDatabase } from "idb";

import type { Draft, DraftStore, Session } from "./drafts";

interface Schema extends DBSchema {
  sessions: { key: string; value: Session };
  drafts: { key: [string, string]; value: Draft };
}

type Database = IDBPDatabase<Schema>;

/** What is asked of it rejects where the browser keeps nothing; the next time it is tried anew. */
export function indexedDrafts(): DraftStore {
  const connection = new LastingConnection();
  return {
    sessions: () => connection.use((database) => database.getAll("sessions")),
    drafts: (window) => connection.use((database) => database.getAll("drafts", ofWindow(window))),
    keep: (session, changed, gone) =>
      connection.use(async (database) => {
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
      }),
    drop: (window) =>
      connection.use(async (database) => {
        const transaction = database.transaction(["sessions", "drafts"], "readwrite");
        await Promise.all([
          transaction.objectStore("sessions").delete(window),
          transaction.objectStore("drafts").delete(ofWindow(window)),
          transaction.done,
        ]);
      }),
  };
}

const ofWindow = (window: string): IDBKeyRange => IDBKeyRange.bound([window], [window, []]);

/** A connection that is made again after the browser has ended it, as it does to pages that sleep. */
class LastingConnection {
  private database: Database | null = null;

  /** What `work` asks of a database that is open is on its way when this returns. */
  async use<T>(work: (database: Database) => Promise<T>): Promise<T> {
    const { database } = this;
    if (database !== null) {
      try {
        return await work(database);
      } catch (reason) {
        if (!(reason instanceof DOMException && reason.name === "InvalidStateError")) throw reason;
        this.forget(database);
      }
    }
    return work(await this.open());
  }

  private async open(): Promise<Database> {
    const opened = await openPatiently(() => {
      this.forget(opened);
    });
    this.database = opened;
    return opened;
  }

  private forget(ended: Database): void {
    if (this.database === ended) this.database = null;
  }
}

/** Milliseconds between attempts: a browser that has much to do may fail at first. */
const PAUSES = [50, 200, 500];

async function openPatiently(onEnded: () => void): Promise<Database> {
  for (const pause of PAUSES) {
    try {
      return await openOnce(onEnded);
    } catch (reason) {
      console.warn("The browser's storage did not open:", reason);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  return openOnce(onEnded);
}

function openOnce(onEnded: () => void): Promise<Database> {
  return openDB<Schema>("nodegraph", 1, {
    upgrade(created) {
      created.createObjectStore("sessions", { keyPath: "window" });
      created.createObjectStore("drafts", { keyPath: ["window", "id"] });
    },
    terminated: onEnded,
  });
}
