/**
 * Which windows of this page are open in this browser, and what this one is called. A name outlasts a reload; while its
 * window is open no other can take it. Knows nothing of what is in the windows.
 */

import { putWhereRoom } from "./room";

export interface Windows {
  /** The name this window had before a reload; null where it is new. */
  readonly former: string | null;
  /** Take a name; false where it is another's. A window takes one only. */
  claim(name: string): Promise<boolean>;
  /** The names that are taken. */
  open(): Promise<ReadonlySet<string>>;
}

const PLACE = "nodegraph.window";
const PREFIX = "nodegraph.window.";

/** Milliseconds that a window which is being reloaded may need to let go of its name. */
const PATIENCE = 1000;

/** A browser lock holds the name until the page is left, or ends in any other way. */
export function lockedWindows(locks: LockManager): Windows {
  const former = sessionStorage.getItem(PLACE);
  return {
    former,
    claim: (name) =>
      new Promise((resolve) => {
        const waiting = name === former ? { signal: AbortSignal.timeout(PATIENCE) } : { ifAvailable: true };
        locks
          .request(PREFIX + name, waiting, (lock) => {
            resolve(lock !== null);
            if (lock === null) return;
            putWhereRoom(sessionStorage, PLACE, name);
            return leaving();
          })
          .catch(() => {
            resolve(false);
          });
      }),
    async open() {
      const { held = [] } = await locks.query();
      const names = held.flatMap(({ name }) => (name?.startsWith(PREFIX) ? [name.slice(PREFIX.length)] : []));
      return new Set(names);
    },
  };
}

/** Resolves when the page goes for good. */
function leaving(): Promise<void> {
  return new Promise((resolve) => {
    window.addEventListener("pagehide", ({ persisted }) => {
      if (!persisted) resolve();
    });
  });
}

/**
 * Without https a browser has no locks, so the window says now and then that it is there. After a crash its name is free
 * only when it has been silent for long enough.
 */
export function beatingWindows(now = Date.now): Windows {
  const former = sessionStorage.getItem(PLACE);
  const lastBeat = (name: string): number => Number(localStorage.getItem(PREFIX + name) ?? 0);
  const isOpen = (name: string): boolean => now() - lastBeat(name) < SILENCE;
  return {
    former,
    claim(name) {
      if (isOpen(name)) return Promise.resolve(false);
      const beat = (): void => {
        putWhereRoom(localStorage, PREFIX + name, String(now()));
      };
      putWhereRoom(sessionStorage, PLACE, name);
      beat();
      window.setInterval(beat, BEAT);
      window.addEventListener("pagehide", () => {
        localStorage.removeItem(PREFIX + name);
      });
      window.addEventListener("pageshow", beat);
      return Promise.resolve(true);
    },
    open() {
      const names = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
      return Promise.resolve(new Set(names.map((key) => key.slice(PREFIX.length)).filter(isOpen)));
    },
  };
}

/** Browsers let a hidden page act once a minute. */
const BEAT = 20_000;
const SILENCE = 90_000;

export function windowsOf({ locks }: { readonly locks?: LockManager }): Windows {
  return locks === undefined ? beatingWindows() : lockedWindows(locks);
}
