/**
 * Queues the shown workflow by itself, as the person has chosen: when what would run has changed, or again and again.
 * There is never more than one run of this page waiting, and it ends where a run does not succeed.
 */

import { notifications } from "@mantine/notifications";

import { ADVANCE } from "../editing/advance";
import type { App } from "../editor/app";
import { activeTab } from "../editor/workspace";
import { strings } from "../i18n/language";
import { isOver, type Run } from "../state/run";
import { useRuns } from "../state/runs";
import { changesPrompt } from "./prompt-changes";
import { queue } from "./queue";
import { useRunSettings } from "./settings";

/** Milliseconds without a further change before it queues, and between two runs at least. */
const REST = 400;

export class AutoQueue {
  private readonly ends: (() => void)[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private watched: { readonly tab: string; readonly stop: () => void } | null = null;
  private due = false;
  private asking = false;
  /** The runs of the tab that were seen to be over. */
  private over: ReadonlySet<string> = new Set();
  /** What was queued last, to see whether another run would be any different. */
  private sent: string | null = null;

  constructor(private readonly app: App) {}

  start(): void {
    this.ends.push(
      this.app.workspace.subscribe(() => {
        this.watch();
      }),
      useRuns.subscribe(() => {
        this.follow();
      }),
      useRunSettings.subscribe(({ auto }, before) => {
        if (auto !== before.auto) this.sent = null;
        if (auto === "off") this.rest();
      }),
    );
    this.watch();
  }

  stop(): void {
    this.rest();
    this.watched?.stop();
    this.watched = null;
    for (const end of this.ends.splice(0)) end();
  }

  /** Follow the document of the tab that is shown. */
  private watch(): void {
    const tab = activeTab(this.app.workspace.getState());
    if (tab?.id === this.watched?.tab) return;
    this.watched?.stop();
    this.rest();
    // What ended before it was shown is no reason to run, nor to stop.
    this.over = this.overNow();
    const stop = tab?.editor.document.store.subscribe(({ diff, continues }) => {
      // The seed for the next run is no reason to run.
      if (continues === ADVANCE || !changesPrompt(diff)) return;
      if (useRunSettings.getState().auto === "change") this.soon();
    });
    this.watched = tab && stop ? { tab: tab.id, stop } : null;
  }

  private follow(): void {
    const { auto } = useRunSettings.getState();
    const seen = this.over;
    this.over = this.overNow();
    const ended = this.runsOfTab().filter(({ job }) => this.over.has(job) && !seen.has(job));
    if (auto === "off") return;
    if (ended.some(({ phase }) => phase !== "done")) this.end(strings().run.auto.stopped);
    else if (auto === "instant" && ended.length > 0) this.soon();
    else if (this.due) this.soon();
  }

  private soon(): void {
    this.due = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.ask(), REST);
  }

  private rest(): void {
    this.due = false;
    clearTimeout(this.timer);
  }

  private async ask(): Promise<void> {
    const tab = activeTab(this.app.workspace.getState());
    // It is asked again when the run that waits has begun.
    if (!tab || this.asking || this.runsOfTab().some(({ phase }) => phase === "waiting")) return;
    this.due = false;
    const text = tab.editor.document.text();
    if (useRunSettings.getState().auto === "instant" && text === this.sent) {
      this.end(strings().run.auto.nothingNew);
      return;
    }
    this.sent = text;
    this.asking = true;
    const taken = await queue(this.app, { tab });
    this.asking = false;
    if (!taken) this.end(strings().run.auto.stopped);
    // What changed while the server was being asked.
    else this.follow();
  }

  private runsOfTab(): Run[] {
    const { runs } = useRuns.getState();
    const jobs = activeTab(this.app.workspace.getState())?.jobs ?? [];
    return jobs.map((job) => runs.get(job)).filter((run) => run !== undefined);
  }

  private overNow(): ReadonlySet<string> {
    const over = this.runsOfTab().filter(isOver);
    return new Set(over.map(({ job }) => job));
  }

  private end(why: string): void {
    useRunSettings.setState({ auto: "off" });
    notifications.show({ id: "auto-queue", color: "orange", title: strings().run.auto.ended, message: why });
  }
}
