/** The old page's client; it goes with that page. What the page can do, and where each thing the server says goes. The one place where socket and stores meet. */

import { Connection } from "../protocol/connection";
import type { Cancel, Happened, ServerMessage, Subscribe } from "../protocol/schema";
import { submitText } from "./old-submit";
import { isOver } from "../state/run";
import { runs, useRuns } from "../state/runs";
import { useServer } from "../state/server";
import { session, useSession } from "../state/session";
import { openWorkflow } from "../workflow/open";
import { readWorkflow, titleOfExample, WorkflowFileError } from "../workflow/workflow";
import { fetchCheckpoints, fetchExample, fetchExamples, fetchJob } from "./http";
import { StatusWatch } from "./status";

export class OldClient {
  private readonly connection: Connection;
  private readonly status = new StatusWatch();
  /** Whether this page has shown what it begins with. */
  private greeted = false;
  /** The number of the last event heard; null before the first connection. */
  private last: number | null = null;

  constructor(page: { protocol: string; host: string }) {
    const scheme = page.protocol === "https:" ? "wss:" : "ws:";
    this.connection = new Connection(`${scheme}//${page.host}/api/v1/ws`, {
      onMessage: (text) => {
        this.hear(JSON.parse(text) as ServerMessage);
      },
      onLost: () => {
        useServer.setState({ link: "lost" });
        this.status.stop();
      },
    });
  }

  /** Connect, and take up the runs that this tab followed before it was reloaded. */
  connect(): void {
    const { since } = useSession.getState();
    this.last = since;
    this.connection.open();
  }

  close(): void {
    this.connection.close();
    this.status.stop();
  }

  // ---- what a person can do ----

  /** Open a file; one that holds no workflow is reported in the session. */
  async open(file: File): Promise<void> {
    try {
      session.opened(await openWorkflow(file));
    } catch (error) {
      if (!(error instanceof WorkflowFileError)) throw error;
      session.openFailed({ file: file.name, reason: error.reason });
    }
  }

  /** Open one of the server's examples; `unwanted` is asked once it is there. */
  async openExample(name: string, unwanted = (): boolean => false): Promise<void> {
    const text = await fetchExample(name);
    if (text !== null && !unwanted()) session.opened(readWorkflow(titleOfExample(name), text));
  }

  /** Queue the open workflow, as it was read. */
  queue(): void {
    const { workflow, submitting } = useSession.getState();
    if (!workflow || submitting !== null) return;
    const job = crypto.randomUUID();
    if (!this.connection.send(submitText(job, workflow))) return;
    session.submitting(job, this.last);
  }

  cancel(job: string): void {
    const message: Cancel = { type: "cancel", job };
    if (this.connection.send(JSON.stringify(message))) session.cancelling(job);
  }

  async refreshCheckpoints(): Promise<void> {
    useServer.setState({ checkpoints: await fetchCheckpoints() });
  }

  /** The first example is what the page begins with, where no workflow is open. */
  private async refreshExamples(): Promise<void> {
    const examples = await fetchExamples();
    useServer.setState({ examples });
    const [first] = examples;
    if (first === undefined || this.greeted) return;
    this.greeted = true;
    const busy = (): boolean => {
      const { workflow, openFailure } = useSession.getState();
      return workflow !== null || openFailure !== null;
    };
    if (!busy()) await this.openExample(first, busy);
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
        this.status.refresh();
        void this.refreshCheckpoints();
        void this.refreshExamples();
        void this.settleSubmission();
        break;
      case "gap":
        void this.catchUp();
        break;
      case "event":
        this.hearEvent(message);
        break;
      case "accepted":
        session.accepted(message.job, message.problems, message.warnings);
        break;
      case "rejected":
        session.rejected({ error: message.error, problems: message.problems ?? {} });
        break;
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
    if (event.type.startsWith("job_")) this.status.refresh();
  }

  /** The socket dropped with a submission under way: did the server take it in? */
  private async settleSubmission(): Promise<void> {
    const { submitting } = useSession.getState();
    if (submitting === null) return;
    const view = await fetchJob(submitting);
    if (view === null || useSession.getState().submitting !== submitting) return;
    if (view === "unknown") {
      session.submitLost();
    } else {
      runs.restore(view);
      session.accepted(submitting);
    }
  }

  /** Events were lost for good: ask how the runs stand that are not over. */
  private async catchUp(): Promise<void> {
    const open = [...useRuns.getState().runs.values()].filter((run) => !isOver(run));
    for (const view of await Promise.all(open.map((run) => fetchJob(run.job)))) {
      if (view !== null && view !== "unknown") runs.restore(view);
    }
  }
}
