/**
 * The page's end of the socket: what it sends, and where each thing the server says goes. Knows neither tabs nor
 * documents: whoever submits a workflow is given the answer.
 */

import type { CatalogStore } from "../classes/catalog";
import { Connection } from "../protocol/connection";
import type { Accepted, Cancel, Happened, Rejected, ServerMessage, Subscribe } from "../protocol/schema";
import { submitText, type SubmitOptions } from "../protocol/submit";
import { isOver } from "../state/run";
import { runs, useRuns } from "../state/runs";
import { useServer } from "../state/server";
import { fetchJob } from "./http";
import { QueueWatch } from "./queue-watch";
import { Since } from "./since";
import { StatusWatch } from "./status";

/** What became of a submission. */
export type Answer = Accepted | Rejected;

interface Unanswered {
  readonly text: string;
  readonly settle: (answer: Answer) => void;
}

export class Client {
  private readonly connection: Connection;
  private readonly status = new StatusWatch();
  private readonly queue = new QueueWatch();
  private readonly since = new Since();
  /** Submissions that the server has not answered, by job. */
  private readonly unanswered = new Map<string, Unanswered>();
  /** The number of the last event heard; null before the first connection. */
  private last: number | null = null;

  constructor(
    page: { readonly protocol: string; readonly host: string },
    private readonly catalog: CatalogStore,
    /** Asks the server for its classes. */
    private readonly fillCatalog: (catalog: CatalogStore) => Promise<void>,
  ) {
    const scheme = page.protocol === "https:" ? "wss:" : "ws:";
    this.connection = new Connection(`${scheme}//${page.host}/api/v1/ws`, {
      onMessage: (text) => {
        this.hear(JSON.parse(text) as ServerMessage);
      },
      onLost: () => {
        useServer.setState({ link: "lost" });
        this.status.stop();
        this.queue.stop();
      },
    });
  }

  /** Connect, and hear again of the runs that this tab of the browser followed before it was reloaded. */
  connect(): void {
    this.last = this.since.read();
    this.connection.open();
  }

  /** Try to connect now, if the next attempt would be later. */
  hurry(): void {
    this.connection.hurry();
  }

  close(): void {
    this.connection.close();
    this.status.stop();
    this.queue.stop();
  }

  /**
   * Send a workflow, given as the text of its canvas file. If the socket drops before the server has answered, it is
   * sent again; as it bears its job's name, it makes no second job. Null: the socket is not open, and nothing was sent.
   */
  submit(workflow: string, options: SubmitOptions): Promise<Answer> | null {
    const text = submitText(workflow, options);
    if (!this.connection.send(text)) return null;
    this.since.note(this.last);
    return new Promise((settle) => {
      this.unanswered.set(options.job, { text, settle });
    });
  }

  /** Stop a job, be it waiting or running; a second time: at once. False: the socket is not open. */
  cancel(job: string): boolean {
    const message: Cancel = { type: "cancel", job };
    return this.connection.send(JSON.stringify(message));
  }

  /** Ask again for all that the server may have more of by now: classes, models, queue. */
  async refresh(): Promise<void> {
    this.status.refresh();
    this.queue.refresh();
    await this.fillCatalog(this.catalog);
  }

  /** Learn how jobs stand; of those that this page has heard of by then it knows more. */
  async recall(jobs: readonly string[]): Promise<void> {
    await this.look(jobs, (job) => !useRuns.getState().runs.has(job));
  }

  // ---- what the server says ----

  private hear(message: ServerMessage): void {
    switch (message.type) {
      case "hello": {
        this.last ??= message.last;
        const subscribe: Subscribe = { type: "subscribe", after: this.last, previews: true };
        this.connection.send(JSON.stringify(subscribe));
        break;
      }
      case "subscribed":
        useServer.setState({ link: "open", everOpen: true });
        void this.refresh();
        for (const { text } of this.unanswered.values()) this.connection.send(text);
        break;
      case "gap":
        void this.catchUp();
        break;
      case "event":
        this.hearEvent(message);
        break;
      case "accepted":
      case "rejected": {
        const job = String(message.id);
        const asked = this.unanswered.get(job);
        this.unanswered.delete(job);
        asked?.settle(message);
        break;
      }
      case "error":
        throw new Error(`The server could not read a message of this page: ${message.message}`);
      case "cancelling":
      case "result":
      case "unsubscribed":
        // The events of the job tell the same.
        break;
    }
  }

  private hearEvent({ number, event }: Happened): void {
    if (event.type === "node_preview") {
      runs.preview(event);
      return;
    }
    this.last = number;
    runs.hear(event);
    if (event.type.startsWith("node")) return;
    this.status.refresh();
    this.queue.refresh();
    if (event.type === "job_finished" || event.type === "job_removed") this.forgetWhenOver();
  }

  /** Once no run is under way, a reload needs nothing that happened so far. */
  private forgetWhenOver(): void {
    runs.takeIn();
    if (this.unanswered.size === 0 && [...useRuns.getState().runs.values()].every(isOver)) this.since.forget();
  }

  /** Events were lost for good: ask how the runs stand that are not over. */
  private async catchUp(): Promise<void> {
    runs.takeIn();
    const open = [...useRuns.getState().runs.values()].filter((run) => !isOver(run));
    // One that has ended while the server was being asked stays so.
    await this.look(
      open.map((run) => run.job),
      (job) => this.goesOn(job),
    );
  }

  private goesOn(job: string): boolean {
    const run = useRuns.getState().runs.get(job);
    return run !== undefined && !isOver(run);
  }

  private async look(jobs: readonly string[], wanted: (job: string) => boolean): Promise<void> {
    const views = await Promise.all(jobs.map(fetchJob));
    runs.takeIn();
    for (const view of views) {
      if (view !== null && view !== "unknown" && wanted(view.job)) runs.restore(view);
    }
  }
}
