/**
 * What a window had not surely kept when it was left. A database answers only after a while, which a page that is left
 * does not have: web storage takes a copy before the page's last word is over. The copy counts until the database has
 * kept something newer of that window. What is too large for web storage is left to the database alone.
 */

import type { Draft, DraftStore, Session } from "./drafts";
import { putWhereRoom } from "./room";

export interface PartingDrafts extends DraftStore {
  /** The same as `keep`, done when this returns, as far as there is room. */
  part(session: Session, changed: readonly Draft[], gone: readonly string[]): void;
  /** Of the windows that need no database to come back, as each of their tabs is in the copy. */
  wholeCopies(): readonly Copy[];
}

export interface Copy {
  readonly session: Session;
  readonly drafts: readonly Draft[];
  readonly gone: readonly string[];
}

const PREFIX = "nodegraph.parting.";

/** `places`: where copies go, best first. */
export function withParting(store: DraftStore, places: readonly Storage[]): PartingDrafts {
  const read = (window: string): Copy | null => newest(places.map((place) => parsed(place.getItem(PREFIX + window))));

  const forget = (window: string): void => {
    for (const place of places) place.removeItem(PREFIX + window);
  };

  /** Where there is no room for all, the largest stay away. */
  const write = (copy: Copy): void => {
    const drafts = [...copy.drafts].sort((one, other) => sizeOf(one) - sizeOf(other));
    for (let count = drafts.length; count >= 0; count -= 1) {
      const text = JSON.stringify({ ...copy, drafts: drafts.slice(0, count) });
      if (places.some((place) => putWhereRoom(place, PREFIX + copy.session.window, text))) return;
    }
  };

  return {
    async sessions() {
      const sessions = new Map((await store.sessions()).map((session) => [session.window, session]));
      for (const window of windowsIn(places)) {
        const session = read(window)?.session;
        if (session && isNewer(session, sessions.get(window))) sessions.set(window, session);
      }
      return [...sessions.values()];
    },

    async drafts(window) {
      const copy = read(window);
      const drafts = await store.drafts(window);
      if (copy === null) return drafts;
      const session = (await store.sessions()).find((other) => other.window === window);
      if (isNewer(copy.session, session)) return changedBy(copy, drafts);
      // Else what is kept next would be mixed with it, and tabs come back that were closed.
      if (read(window)?.session.at === copy.session.at) forget(window);
      return drafts;
    },

    async keep(session, changed, gone) {
      const copy = read(session.window);
      if (copy === null) await store.keep(session, changed, gone);
      else {
        const both = [...copy.gone, ...gone];
        await store.keep(session, changedBy({ session, drafts: changed, gone: both }, copy.drafts), both);
      }
      // It may have been left once more meanwhile.
      const now = read(session.window)?.session.at;
      if (now !== undefined && (now === copy?.session.at || now <= session.at)) forget(session.window);
    },

    wholeCopies() {
      const copies = [...windowsIn(places)].flatMap((window) => read(window) ?? []);
      return copies.filter(({ session, drafts }) => session.tabs.every((tab) => drafts.some(({ id }) => id === tab)));
    },

    async drop(window) {
      forget(window);
      await store.drop(window);
    },

    part(session, changed, gone) {
      const before = read(session.window)?.gone ?? [];
      forget(session.window);
      write({ session, drafts: changed, gone: [...before, ...gone] });
    },
  };
}

/** Those of this browser; it may refuse them. */
export function storagesOf(page: Pick<Window, "localStorage" | "sessionStorage">): Storage[] {
  // The second outlasts a reload only, and has room of its own.
  return [() => page.localStorage, () => page.sessionStorage].flatMap((open) => {
    try {
      return [open()];
    } catch {
      return [];
    }
  });
}

const isNewer = ({ at }: Session, than: Session | undefined): boolean => than === undefined || at >= than.at;

/** `before`, with what has changed in the place of what was. */
function changedBy({ drafts, gone }: Copy, before: readonly Draft[]): Draft[] {
  const all = new Map([...before, ...drafts].map((draft) => [draft.id, draft]));
  return [...all.values()].filter(({ id }) => !gone.includes(id));
}

const sizeOf = ({ text, kept }: Draft): number => text.length + kept.length;

function newest(copies: readonly (Copy | null)[]): Copy | null {
  const [first = null] = copies.filter((copy) => copy !== null).sort((one, other) => other.session.at - one.session.at);
  return first;
}

function parsed(text: string | null): Copy | null {
  try {
    return text === null ? null : (JSON.parse(text) as Copy);
  } catch {
    return null;
  }
}

function windowsIn(places: readonly Storage[]): Set<string> {
  const names = places.flatMap((place) => Object.keys(place));
  return new Set(names.filter((name) => name.startsWith(PREFIX)).map((name) => name.slice(PREFIX.length)));
}
