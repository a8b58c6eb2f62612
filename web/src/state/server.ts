/** What is known of the server: whether it can be reached, what it runs on, what waits in its queue. */

import { create } from "zustand";

import type { QueueView, ServerStatus } from "../protocol/schema";

/** `connecting` until the socket opens for the first time, `lost` whenever it has closed. */
export type Link = "connecting" | "open" | "lost";

interface Server {
  readonly link: Link;
  readonly everOpen: boolean;
  /** As the server last told it; null until it has. */
  readonly status: ServerStatus | null;
  /** Everybody's jobs, in the order in which they run; null until the server has told. */
  readonly queue: QueueView | null;
}

export const useServer = create<Server>()(() => ({
  link: "connecting",
  everOpen: false,
  status: null,
  queue: null,
}));
