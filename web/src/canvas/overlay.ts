/**
 * What the last run has to say about the nodes that are drawn. Written by who follows runs; the canvas only shows it.
 * Nodes are named as runs name them: `3`, or inside of subgraphs `12:5`. A subgraph's instance has what its nodes come to.
 */

import type { StoreApi } from "zustand/vanilla";

import type { Picture } from "../state/run";

export interface NodeOverlay {
  /** Null: the last run says nothing of it, as of a node whose input is wrong. */
  readonly phase: "waiting" | "running" | "done" | "cached" | "failed" | "blocked" | null;
  /** How far it is, 0 to 1, while it runs and says so. */
  readonly fraction: number | null;
  /** How long it took. */
  readonly seconds: number | null;
  /** Where its result was kept, for `cached`. */
  readonly keptIn: "ram" | "disk" | null;
  /** What is wrong with it or its run, in plain words. */
  readonly message: string | null;
  /** The same by input, where one is to blame. */
  readonly inputs: ReadonlyMap<string, string>;
  /** An object URL of the picture in progress. */
  readonly preview: string | null;
  /** What it showed in its last run. */
  readonly pictures: readonly Picture[];
  /** What it said in words, in its last run. */
  readonly text: string | null;
}

export type OverlayStore = StoreApi<ReadonlyMap<string, NodeOverlay>>;
