/** Asks the server how its queue stands, whenever told that something changed. */

import { useServer } from "../state/server";
import { fetchQueue } from "./http";

/** Milliseconds between questions, at least: a client may submit hundreds of jobs at once. */
const PAUSE = 200;

export class QueueWatch {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked = -PAUSE;
  private asking = false;
  private again = false;

  /** Ask soon: at once, unless it was asked just now. */
  refresh(): void {
    if (this.asking) {
      this.again = true;
      return;
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.ask(), Math.max(0, this.asked + PAUSE - performance.now()));
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private async ask(): Promise<void> {
    this.asked = performance.now();
    this.asking = true;
    const queue = await fetchQueue();
    this.asking = false;
    if (queue !== null) useServer.setState({ queue });
    if (this.again) {
      this.again = false;
      this.refresh();
    }
  }
}
