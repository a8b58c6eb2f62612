/** What is said about runs: queueing, progress, errors, queue, history, pictures. */

import { count } from "../count";

export const run = {
  queue: "Queue",
  queueing: "Sending…",
  front: "Queue at the front",
  options: "More ways to queue",
  atOnce: "Runs at once",
  atOnceHint: "Seeds change between them where their nodes say so.",
  cancel: "Cancel the run",
  cancelAgain: "Being cancelled. Press again to stop at once.",
  notConnected: { title: "Not connected", advice: "The server does not answer. Queue again when it is back." },
  notDone: "That could not be done",

  auto: {
    label: "Queue by itself",
    modes: { off: "Off", change: "On change", instant: "Again and again" },
    hints: {
      off: "Runs start only when you say so.",
      change: "A run starts when you change what would run; moving nodes is no change.",
      instant: "When a run is done, the next one starts. It begins with the first you queue.",
    },
    ended: "Queueing by itself has ended",
    stopped: "The last run did not succeed. Put that right, then switch it on again.",
    nothingNew:
      "The next run would be the same as the last. Let a seed change after each run, then switch it on again.",
  },

  phases: {
    waiting: "Waiting",
    running: "Running",
    done: "Done",
    failed: "Failed",
    cancelled: "Cancelled",
  },
  progress: "Progress of the run",
  waiting: (n: number) => `${n} waiting`,
  nodesDone: (done: number, total: number) => `${done} of ${count(total, "node", "nodes")}`,
  left: (time: string) => `about ${time} left`,
  leftOfNode: (time: string) => `this node: about ${time}`,
  time: {
    seconds: (n: number) => `${n} s`,
    minutes: (n: number) => `${n} min`,
    hours: (hours: number, minutes: number) => (minutes === 0 ? `${hours} h` : `${hours} h ${minutes} min`),
    exact: (seconds: number) => (seconds < 0.095 ? "< 0.1 s" : `${seconds.toFixed(1)} s`),
  },

  paused: {
    label: "Queue paused",
    held: "Queue and runs paused",
    banner: "The queue is paused.",
    advice: "What waits stays where it is until you go on.",
    resume: "Go on",
  },

  banner: {
    lost: "The connection to the server was lost.",
    lostAdvice: "Trying again by itself. Runs carry on meanwhile, and the page catches up when the server answers.",
    neverReached: "The server does not answer.",
    neverReachedAdvice: "Is it still running? Start it with “nodegraph”; the page connects by itself.",
    noWorker: "The server cannot run anything at the moment.",
  },
};
