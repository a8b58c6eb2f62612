/** Asks the server how it is: when told that something changed, and while its worker is still starting. */

import { useServer } from "../state/server";
import { fetchStatus } from "./http";

/** Milliseconds between questions: at least, and while there is no worker. */
const PAUSE = 250;
const WORKER_PAUSE = 1000;

export class StatusWatch {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked = 0;

  /** Ask soon: at once, unless it was asked just now. */
  refresh(): void {
    this.schedule(Math.max(0, this.asked + PAUSE - performance.now()));
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private schedule(delay: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.ask(), delay);
  }

  private async ask(): Promise<void> {
    this.asked = performance.now();
    const status = await fetchStatus();
    const { status: known, link } = useServer.getState();
    // Answers may overtake each other; the number of the latest event tells which is newer.
    if (!status || (known && status.last_event < known.last_event)) return;
    useServer.setState({ status });
    if (!status.worker_ready && link === "open") this.schedule(WORKER_PAUSE);
  }
}
