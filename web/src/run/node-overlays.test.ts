import { describe, expect, it } from "vitest";

import type { RunEvent } from "../protocol/events";
import { applyEvent, waitingRun, type Run } from "../state/run";
import { keepEqual, overlaysOf, type Told } from "./node-overlays";

const job = "j";
const after = (...events: RunEvent[]): Run => events.reduce((run, event) => applyEvent(run, event), waitingRun(job));
const overlays = (told: Partial<Told>) =>
  overlaysOf({ run: null, preview: null, refusal: null, pictures: new Map(), texts: new Map(), ...told });

const started: RunEvent = { type: "job_started", job, at: 1 };
const planned: RunEvent = {
  type: "nodes_cached",
  job,
  nodes: ["1"],
  kept: { 1: "ram" },
  to_run: ["12:5", "12:6", "9"],
  at: 1,
};
const start = (node: string, display = node): RunEvent => ({ type: "node_started", job, node, display });
const finish = (node: string, seconds: number): RunEvent => ({ type: "node_finished", job, node, seconds });

describe("the overlays of a run", () => {
  it("tell cached nodes and where they were kept, and those that are still to come", () => {
    const shown = overlays({ run: after(started, planned) });
    expect(shown.get("1")).toMatchObject({ phase: "cached", keptIn: "ram" });
    expect(shown.get("9")).toMatchObject({ phase: "waiting", fraction: null });
  });

  it("give a subgraph's instance what the nodes inside come to", () => {
    const half: RunEvent = { type: "node_progress", job, node: "12:6", value: 5, total: 10 };
    const run = after(started, planned, start("12:5"), finish("12:5", 1.5), start("12:6"), half);
    expect(overlays({ run }).get("12")).toMatchObject({ phase: "running", fraction: 0.75, seconds: 1.5 });
    const over = after(started, planned, finish("12:5", 1.5), finish("12:6", 2));
    expect(overlays({ run: over }).get("12")).toMatchObject({ phase: "done", fraction: null, seconds: 3.5 });
  });

  it("show at a node what the nodes do that it expanded to", () => {
    const run = after(started, start("9"), start("9.a", "9"));
    expect([...overlays({ run }).keys()]).toEqual(["9"]);
  });

  it("say at the node, and at the instance around it, why the run failed", () => {
    const failure = { message: "Out of memory.", kind: "OutOfMemory", node: "12:6" };
    const run = after(started, planned, start("12:6"), {
      type: "job_finished",
      job,
      outcome: "failed",
      at: 2,
      failure,
    });
    for (const id of ["12", "12:6"]) {
      expect(overlays({ run }).get(id)).toMatchObject({ phase: "failed", message: "Out of memory." });
    }
  });

  it("say at the input what is wrong with it", () => {
    const problem = {
      type: "value_bigger_than_max",
      message: "Value 999 bigger than max of 100",
      details: "steps",
      extra_info: { input_name: "steps" },
    };
    const problems = { "3": { errors: [problem], dependent_outputs: ["9"], class_type: "KSampler" } };
    const shown = overlays({ refusal: { error: null, problems } }).get("3");
    expect(shown?.phase).toBeNull();
    expect(shown?.inputs.get("steps")).toBe("Value 999 bigger than max of 100");
    expect(shown?.message).toBe("steps: Value 999 bigger than max of 100");
  });

  it("carry the preview only while the run lasts", () => {
    const running = after(started, start("3"));
    const preview = { node: "3", url: "blob:1" };
    expect(overlays({ run: running, preview }).get("3")?.preview).toBe("blob:1");
    const done = applyEvent(running, { type: "job_finished", job, outcome: "done", at: 2 });
    expect(overlays({ run: done, preview }).get("3")?.preview).toBeUndefined();
  });

  it("carry what a node says, to the instance around it too", () => {
    const shown = overlays({
      texts: new Map([
        ["12:5", "one"],
        ["12:6", "two"],
      ]),
    });
    expect(shown.get("12:6")?.text).toBe("two");
    expect(shown.get("12")?.text).toBe("one\n\ntwo");
    const other = overlays({
      texts: new Map([
        ["12:5", "one"],
        ["12:6", "three"],
      ]),
    });
    const kept = keepEqual(shown, other);
    expect(kept.get("12:5")).toBe(shown.get("12:5"));
    expect(kept.get("12:6")?.text).toBe("three");
  });

  it("stay the same objects where nothing changed", () => {
    const before = overlays({ run: after(started, planned) });
    const next = overlays({ run: after(started, planned, start("9")) });
    const kept = keepEqual(before, next);
    expect(kept.get("1")).toBe(before.get("1"));
    expect(kept.get("9")).not.toBe(before.get("9"));
    expect(keepEqual(before, overlays({ run: after(started, planned) }))).toBe(before);
  });
});
