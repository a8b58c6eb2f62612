/** What the page can do, and where each thing the server says goes. The one place where socket and stores meet. */

import { Connection } from "../protocol/connection";
import { session } from "../state/session";
import { useServer } from "../state/server";
import { openWorkflow } from "../workflow/open";
import { WorkflowFileError } from "../workflow/workflow";

export class Client {
  private readonly connection: Connection;

  constructor(page: { protocol: string; host: string }) {
    const scheme = page.protocol === "https:" ? "wss:" : "ws:";
    this.connection = new Connection(`${scheme}//${page.host}/api/v1/ws`, {
      onOpen: () => {
        useServer.setState({ link: "open", everOpen: true });
      },
      onText: () => undefined,
      onBinary: () => undefined,
      onLost: () => {
        useServer.setState({ link: "lost" });
      },
    });
  }

  connect(): void {
    this.connection.open();
  }

  async open(file: File): Promise<void> {
    try {
      session.opened(await openWorkflow(file));
    } catch (error) {
      if (!(error instanceof WorkflowFileError)) throw error;
      session.openFailed({ file: file.name, reason: error.reason });
    }
  }

  queue(): void {
    session.submitting();
  }

  cancel(job: string): void {
    session.cancelling();
    this.connection.send(JSON.stringify({ type: "cancel", job }));
  }

  async refreshCheckpoints(): Promise<void> {
    await Promise.resolve();
  }
}
