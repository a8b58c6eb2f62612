/**
 * What a page opens with: the tabs its window had, else those of the window that was closed last, else the first
 * example. What other closed windows had not saved is offered.
 */

import { uuid } from "../document/uuid";
import type { App } from "../editor/app";
import { showTab } from "../editor/workspace";
import { autosave } from "./autosave";
import type { Draft, DraftStore, Session } from "./drafts";
import { fetchExamples } from "./examples";
import { indexedDrafts } from "./indexed-drafts";
import { Keeper } from "./keeper";
import { openSaved } from "./manage";
import { openExample } from "./open";
import { talkToOtherWindows } from "./other-windows";
import { storagesOf, withParting, type PartingDrafts } from "./parting";
import { newTab, openTab } from "./tabs";
import { checkFiles } from "./theirs";
import { windowsOf, type Windows } from "./windows";

/**
 * Resolves when the page has what it opens with; tabs and drafts are kept from then on. `asked`: a workflow of the user's
 * to be shown besides.
 */
export async function beginFiles(app: App, asked: string | null = null): Promise<void> {
  const examples = fetchExamples(); // to be there when it is needed
  const drafts = withParting(indexedDrafts(), storagesOf(window));
  const windows = windowsOf(navigator);
  const begun = await takeUp(app, drafts, windows).catch((reason: unknown) => {
    console.warn("Drafts cannot be read:", reason);
    app.files.setState({ draftsKept: false });
    return takeUpCopy(app, drafts, windows);
  });
  new Keeper(app, drafts, begun.window, autosave(app), begun.at).follow();
  talkToOtherWindows(app);
  void checkFiles(app);
  const found = asked === null ? null : await openSaved(app, asked);
  if (!begun.known && found === null) await openFirst(app, await examples);
  app.files.setState({ begun: true });
}

async function openFirst(app: App, [first]: readonly string[]): Promise<void> {
  if (app.workspace.getState().tabs.length > 0) return; // the person was faster
  if (first === undefined || (await openExample(app, first)) === null) newTab(app);
}

export interface Begun {
  /** What this window is called. */
  readonly window: string;
  /** Whether it was open before, if only without tabs. */
  readonly known: boolean;
  /** When what it has was kept, in milliseconds since 1970; 0 where it is new. */
  readonly at: number;
}

/** Open the tabs this window had, or is to inherit, and offer what is left. */
export async function takeUp(app: App, drafts: DraftStore, windows: Windows): Promise<Begun> {
  // In this order: who has a session has a name before, so that a window which is open is never taken for closed.
  const sessions = await drafts.sessions();
  const open = await othersOf(windows);
  const begun = await claimed(sessions, open, windows);
  // Its window may have kept the last of it while it was closing.
  const session = (await drafts.sessions()).find(({ window }) => window === begun.from);
  if (session) {
    const isCopy = begun.from !== begun.window;
    restore(app, session, await drafts.drafts(session.window), isCopy);
  }
  const left = sessions.filter(({ window }) => window !== begun.from && !open.has(window));
  await offer(app, drafts, windows, left);
  return { window: begun.window, known: session !== undefined, at: session?.at ?? 0 };
}

/**
 * Where the browser's database refuses: go on with what web storage has of this window, or of the one that was closed
 * last; else under a name that nothing was kept by, so that nothing is written over.
 */
export async function takeUpCopy(app: App, drafts: PartingDrafts, windows: Windows): Promise<Begun> {
  const open = await othersOf(windows);
  const copies = drafts
    .wholeCopies()
    .filter(({ session: { window } }) => !open.has(window) || window === windows.former);
  const [latest] = [...copies].sort((one, other) => other.session.at - one.session.at);
  const copy = windows.former === null ? latest : copies.find(({ session }) => session.window === windows.former);
  if (copy && (await windows.claim(copy.session.window))) {
    restore(app, copy.session, copy.drafts, false);
    return { window: copy.session.window, known: true, at: copy.session.at };
  }
  const window = uuid();
  await windows.claim(window);
  return { window, known: false, at: 0 };
}

/** The names of other windows. One that is just being closed may need a moment to let go of its own. */
async function othersOf(windows: Windows): Promise<ReadonlySet<string>> {
  for (let attempt = 1; ; attempt += 1) {
    const open = await windows.open();
    if (windows.former !== null || open.size === 0 || attempt === ATTEMPTS) return open;
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

const ATTEMPTS = 4;
const PAUSE = 80;

/** This window's name, and the one whose tabs it has. */
async function claimed(
  sessions: readonly Session[],
  open: ReadonlySet<string>,
  windows: Windows,
): Promise<{ window: string; from: string | null }> {
  const { former } = windows;
  if (former !== null && (await windows.claim(former))) return { window: former, from: former };
  if (former === null && open.size === 0) {
    const [last] = [...sessions].sort((one, other) => other.at - one.at);
    if (last && (await windows.claim(last.window))) return { window: last.window, from: last.window };
  }
  const window = uuid();
  await windows.claim(window);
  // Where the browser made a second tab of an open one, both go on from there.
  return { window, from: former };
}

function restore(app: App, { tabs, active }: Session, drafts: readonly Draft[], isCopy: boolean): void {
  const found = tabs.flatMap((id) => drafts.filter((draft) => draft.id === id));
  let shown: string | null = null;
  for (const draft of found) {
    try {
      const { id } = openDraft(app, draft, isCopy ? uuid() : draft.id);
      if (draft.id === active) shown = id;
    } catch (reason) {
      console.warn(`The draft “${draft.title}” cannot be read:`, reason); // the others can
    }
  }
  if (shown !== null) showTab(app.workspace, shown);
}

function openDraft(app: App, { title, file, text, kept, view, jobs }: Draft, id: string): { id: string } {
  return openTab(app, { title, file, text, former: { id, kept, view, jobs } });
}

const unsaved = (drafts: readonly Draft[]): Draft[] => drafts.filter(({ text, kept }) => text !== kept);

/** Milliseconds since a window was left before what it had saved anyway is forgotten: it may be about to come back. */
const RELOAD = 60_000;

async function offer(app: App, drafts: DraftStore, windows: Windows, sessions: readonly Session[]): Promise<void> {
  for (const { window, at } of sessions) {
    const lost = unsaved(await drafts.drafts(window));
    const discard = async (): Promise<void> => {
      app.files.setState(({ leftovers }) => ({ leftovers: leftovers.filter((other) => other.window !== window) }));
      // It has come back meanwhile: what it has is its own.
      if (!(await windows.open()).has(window)) await drafts.drop(window);
    };
    const open = async (): Promise<void> => {
      for (const draft of lost) openDraft(app, draft, uuid());
      await discard();
    };
    if (lost.length > 0) {
      const leftover = { window, at, titles: lost.map(({ title }) => title), open, discard };
      app.files.setState(({ leftovers }) => ({ leftovers: [...leftovers, leftover] }));
    } else if (Date.now() - at > RELOAD) await drafts.drop(window);
  }
}
