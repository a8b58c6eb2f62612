/**
 * Keeps this window's tabs in the browser as they change, and marks those that hold what is not saved. What is kept lags
 * less than a second behind what is seen; when the page is left it is kept before it is gone.
 */

import type { App } from "../editor/app";
import { changeTab, type Tab } from "../editor/workspace";
import type { Draft } from "./drafts";
import type { PartingDrafts } from "./parting";

interface Watched {
  /** As it was last seen. */
  tab: Tab;
  readonly stop: () => void;
  /** The document as it was last kept, and whether that is past. */
  text: string;
  edited: boolean;
  /** Whether anything of the tab is other than what is kept. */
  stale: boolean;
}

/** Milliseconds of quiet before what changed is kept, and how long it may wait at most. */
const QUIET = 250;
const LONGEST = 700;
/** Where the person looks is kept once their hand rests: while the view moves, every frame counts. */
const REST = 1000;
const RETRY = 5000;

export class Keeper {
  private readonly watched = new Map<string, Watched>();
  /** The ids of tabs that are closed and still kept. */
  private readonly gone = new Set<string>();
  /** What is on its way, as long as nobody has said that it arrived. */
  private readonly unsure = new Map<string, Draft>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Since when something waits to be kept. */
  private waiting: number | null = null;

  constructor(
    private readonly app: App,
    private readonly drafts: PartingDrafts,
    private readonly window: string,
    /** Told of each tab that has changed, whether the browser keeps it or not. */
    private readonly onChanged: (tab: Tab) => void = () => undefined,
    /** When something was last kept: each time is later than those before, if only by a little. */
    private last = 0,
  ) {}

  /** Keep what is there and all that becomes of it; returns how to end that. */
  follow(): () => void {
    const unsubscribe = this.app.workspace.subscribe(() => {
      this.watchTabs();
      this.schedule();
    });
    // Even where nothing has changed: when a window was left decides which one is gone on with.
    const leave = (): void => void this.keep(true);
    window.addEventListener("pagehide", leave);
    document.addEventListener("visibilitychange", leave);
    this.watchTabs();
    this.schedule();
    return () => {
      unsubscribe();
      window.removeEventListener("pagehide", leave);
      document.removeEventListener("visibilitychange", leave);
      clearTimeout(this.timer);
      for (const { stop } of this.watched.values()) stop();
    };
  }

  /** Keep what has changed now. `parting`: the page may have no more time than until this returns. */
  async keep(parting = false): Promise<void> {
    clearTimeout(this.timer);
    this.waiting = null;
    const changed = this.app.workspace.getState().tabs.flatMap((tab) => {
      const watched = this.watched.get(tab.id);
      return watched?.stale ? [{ tab, watched, edited: watched.edited }] : [];
    });
    const drafts = changed.map(({ tab, watched }) => this.draftOf(tab, watched));
    const { tabs, active } = this.app.workspace.getState();
    this.last = Math.max(Date.now(), this.last + 1);
    const session = { window: this.window, tabs: tabs.map(({ id }) => id), active, at: this.last };
    const gone = [...this.gone];
    for (const draft of drafts) this.unsure.set(draft.id, draft);
    for (const id of gone) this.unsure.delete(id);
    for (const { tab, edited } of changed) if (edited) this.onChanged(tab);
    try {
      const kept = this.drafts.keep(session, drafts, gone);
      if (parting) this.drafts.part(session, [...this.unsure.values()], gone);
      await kept;
    } catch (reason) {
      console.warn("Drafts were not kept:", reason);
      this.app.files.setState({ draftsKept: false });
      for (const { watched } of changed) watched.stale = true;
      this.schedule(RETRY);
      return;
    }
    for (const id of gone) this.gone.delete(id);
    for (const draft of drafts) if (this.unsure.get(draft.id) === draft) this.unsure.delete(draft.id);
    if (!this.app.files.getState().draftsKept) this.app.files.setState({ draftsKept: true });
  }

  private draftOf({ id, title, file, kept, jobs, editor }: Tab, watched: Watched): Draft {
    if (watched.edited) {
      watched.text = editor.document.text();
      watched.edited = false;
    }
    watched.stale = false;
    const { text } = watched;
    this.mark(id, text !== kept);
    watched.stale = false; // marking alone changes nothing that is kept
    return { window: this.window, id, title, file, kept, text, view: editor.view.getState(), jobs };
  }

  private mark(id: string, changed: boolean): void {
    const tab = this.app.workspace.getState().tabs.find((other) => other.id === id);
    if (tab && tab.changed !== changed) changeTab(this.app.workspace, id, { changed });
  }

  private watchTabs(): void {
    const { tabs } = this.app.workspace.getState();
    for (const [id, { tab, stop }] of this.watched) {
      if (tabs.some((other) => other.id === id && other.editor === tab.editor)) continue;
      stop();
      this.watched.delete(id);
      if (tabs.every((other) => other.id !== id)) this.gone.add(id);
    }
    for (const tab of tabs) {
      const watched = this.watched.get(tab.id);
      if (watched === undefined) this.watch(tab);
      else if (watched.tab !== tab) Object.assign(watched, { tab, stale: true });
    }
  }

  private watch(tab: Tab): void {
    const { document, view } = tab.editor;
    const endings = [
      document.store.subscribe(() => {
        watched.edited = true;
        this.mark(tab.id, true);
        watched.stale = true;
        this.schedule();
      }),
      view.subscribe(() => {
        watched.stale = true;
        this.scheduleAtRest();
      }),
    ];
    const stop = (): void => {
      for (const end of endings) end();
    };
    const watched: Watched = { tab, stop, text: tab.kept, edited: tab.changed, stale: true };
    this.watched.set(tab.id, watched);
  }

  private scheduleAtRest(): void {
    if (this.waiting !== null) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.keep(), REST);
  }

  private schedule(quiet = QUIET): void {
    this.waiting ??= performance.now();
    const left = this.waiting + LONGEST - performance.now();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.keep(), quiet === QUIET ? Math.max(0, Math.min(quiet, left)) : quiet);
  }
}
