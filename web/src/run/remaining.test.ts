import { describe, expect, it } from "vitest";

import { en } from "../i18n/strings";
import type { RunEvent } from "../protocol/events";
import { applyEvent, waitingRun, type Run } from "../state/run";
import { remaining } from "./remaining";
import { roughly } from "./time-words";

const job = "j";
const run = (...events: (readonly [at: number, event: RunEvent])[]): Run =>
  events.reduce((so, [at, event]) => applyEvent(so, event, at), waitingRun(job));

const planned: RunEvent = { type: "nodes_cached", job, nodes: [], to_run: ["3", "8"], at: 0 };
const sampling: RunEvent = { type: "node_started", job, node: "3", display: "3" };
const step = (value: number): RunEvent => ({ type: "node_progress", job, node: "3", value, total: 10 });
const finish = (node: string, seconds: number): RunEvent => ({ type: "node_finished", job, node, seconds });

describe("the remaining time", () => {
  it("is not made up", () => {
    expect(remaining(run([0, planned], [0, sampling]), [])).toBeNull();
  });

  it("is that of the node that runs, where nothing is known of the rest", () => {
    const half = run([0, planned], [0, sampling], [1, step(1)], [3, step(2)]);
    expect(remaining(half, [])).toEqual({ seconds: 16, all: false });
  });

  it("adds what the rest took before", () => {
    const before = run([0, finish("3", 20)], [0, finish("8", 4)]);
    const half = run([0, planned], [0, sampling], [1, step(1)], [3, step(2)]);
    expect(remaining(half, [before])).toEqual({ seconds: 20, all: true });
    const begun = run([0, planned], [0, sampling]);
    expect(remaining(begun, [before])).toEqual({ seconds: 14, all: true });
  });
});

it.each([
  [0.2, "1 s"],
  [8.4, "8 s"],
  [42, "40 s"],
  [58, "1 min"],
  [125, "2 min"],
  [3590, "1 h"],
  [4200, "1 h 10 min"],
])("says %d seconds as %s", (seconds, words) => {
  expect(roughly(seconds, en.run)).toBe(words);
});
