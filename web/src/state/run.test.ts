import { describe, expect, it } from "vitest";

import type { RunEvent } from "../protocol/events";
import type { JobView } from "../protocol/schema";
import { pictureUrl } from "../client/http";
import { applyEvent, picturesIn, progressOf, runFromView, waitingRun, type Run } from "./run";

const job = "j";
const after = (...events: RunEvent[]): Run => events.reduce(applyEvent, waitingRun(job));

const started: RunEvent = { type: "job_started", job, at: 100 };
const sampling: RunEvent = { type: "node_started", job, node: "3", display: "3" };
const halfWay: RunEvent = { type: "node_progress", job, node: "3", value: 5, total: 10 };

describe("a run", () => {
  it("follows a node from start over its steps to its end", () => {
    expect(after(started, sampling, halfWay).nodes.get("3")).toMatchObject({
      phase: "running",
      steps: { value: 5, total: 10 },
    });
    const finished: RunEvent = { type: "node_finished", job, node: "3", seconds: 1.5 };
    expect(after(started, sampling, halfWay, finished).nodes.get("3")).toMatchObject({ phase: "done", seconds: 1.5 });
  });

  it("counts every node the same, and the steps of the one that runs", () => {
    const cached: RunEvent = { type: "nodes_cached", job, nodes: ["1", "2"], at: 100, to_run: ["3", "8"] };
    expect(progressOf(after(started, cached))).toBe(0);
    expect(progressOf(after(started, cached, sampling, halfWay))).toBeCloseTo(0.25);
  });

  it("knows which nodes are still to come, and takes them back when it ends without them", () => {
    const cached: RunEvent = {
      type: "nodes_cached",
      job,
      nodes: ["1"],
      at: 100,
      kept: { 1: "ram" },
      to_run: ["3", "8"],
    };
    const planned = after(started, cached);
    expect([...planned.nodes].map(([id, { phase }]) => [id, phase])).toEqual([
      ["1", "cached"],
      ["3", "waiting"],
      ["8", "waiting"],
    ]);
    expect(planned.nodes.get("1")?.keptIn).toBe("ram");
    const stopped = after(started, cached, sampling, { type: "job_finished", job, outcome: "cancelled", at: 101 });
    expect([...stopped.nodes.keys()]).toEqual(["1"]);
  });

  it("tells the pace of a node from steps that come one by one, not from those told at once", () => {
    const step = (value: number): RunEvent => ({ type: "node_progress", job, node: "3", value, total: 10 });
    const caughtUp = [step(1), step(2), step(5)].reduce(
      (run, event) => applyEvent(run, event, 7),
      after(started, sampling),
    );
    expect(caughtUp.nodes.get("3")?.pace?.perStep).toBeNull();
    expect(applyEvent(caughtUp, step(7), 8).nodes.get("3")?.pace?.perStep).toBeCloseTo(0.5);
  });

  it("keeps the pictures its nodes show, in order, and passes over what is no picture", () => {
    const picture = { filename: "a_00001_.png", subfolder: "", type: "output" };
    const shown: RunEvent = { type: "node_output", job, node: "9", display: "9", ui: { images: [picture, 7] } };
    const text: RunEvent = { type: "node_output", job, node: "7", display: "7", ui: { text: ["hello"] } };
    expect(after(started, text, shown).pictures).toEqual([{ node: "9", ...picture }]);
  });

  it("knows of two pictures that are to be compared which is which, also when it is over", () => {
    const [a, b] = ["a.png", "b.png"].map((filename) => ({ filename, subfolder: "", type: "temp" }));
    if (!a || !b) throw new Error();
    const ui = { a_images: [a], b_images: [b] };
    const { pictures } = after(started, { type: "node_output", job, node: "9", display: "9", ui });
    expect(pictures).toEqual([
      { node: "9", ...a, side: "a" },
      { node: "9", ...b, side: "b" },
    ]);
    const url = "/view?filename=a.png";
    const files = [
      { node: "9", kind: "a_images", ...a, url },
      { node: "9", kind: "b_images", ...b, url },
    ];
    expect(picturesIn({ type: "result", job, outcome: "done", files })).toEqual(pictures);
  });

  it("keeps what its nodes say in words: while they run, in the end, and after it is over", () => {
    const says: RunEvent = { type: "node_text", job, node: "7.a", display: "7", text: "loading" };
    expect(after(started, says).texts.get("7")).toBe("loading");
    const ui = { text: ["hello", "there", 7] };
    const shown: RunEvent = { type: "node_output", job, node: "7", display: "7", ui };
    expect(after(started, says, shown).texts.get("7")).toBe("hello\nthere");
    expect(after(started, says, shown, { ...shown, ui: { images: [] } }).texts.get("7")).toBe("hello\nthere");
    const outputs = { "7": ui, "8": { text: "alone" }, "9": { images: [] } };
    const result = { type: "result", job, outcome: "done", outputs } as const;
    const view = { job, state: "done", created: 1, number: 1, priority: 0, attempts: 1, result } as unknown as JobView;
    expect([...runFromView(view).texts]).toEqual([
      ["7", "hello\nthere"],
      ["8", "alone"],
    ]);
  });

  it("knows of pictures in the folders of somebody else whose they are", () => {
    const picture = { node: "9", filename: "a.png", subfolder: "", type: "output" };
    const place = "/view?filename=a.png&subfolder=&type=output";
    const files = [place, `${place}&owner=0a1b2c3d4e5f`].map((url) => ({ ...picture, kind: "images", url }));
    const pictures = picturesIn({ type: "result", job, outcome: "done", files });
    expect(pictures).toEqual([picture, { ...picture, owner: "0a1b2c3d4e5f" }]);
    expect(pictures.map(pictureUrl)).toEqual(files.map(({ url }) => `/api${url}`));
  });

  it("names the node it failed at", () => {
    const failure = { message: "NaN", kind: "NonFiniteError", node: "3" };
    const failed = after(started, sampling, { type: "job_finished", job, outcome: "failed", at: 101, failure });
    expect(failed.phase).toBe("failed");
    expect(failed.failure?.message).toBe("NaN");
    expect(failed.nodes.get("3")?.phase).toBe("failed");
  });

  it("starts over when the worker was lost, and says why", () => {
    const requeued: RunEvent = { type: "job_requeued", job, reason: "The worker was killed." };
    const waiting = after(started, sampling, halfWay, requeued);
    expect([waiting.phase, waiting.nodes.size]).toEqual(["waiting", 0]);
    const again = applyEvent(waiting, { type: "job_started", job, at: 120 });
    expect([again.phase, again.startedAt, again.interruption]).toEqual(["running", 120, "The worker was killed."]);
  });

  it("takes the node that was stopped out of what runs", () => {
    const cancelled = after(started, sampling, { type: "job_finished", job, outcome: "cancelled", at: 101, node: "3" });
    expect(cancelled.phase).toBe("cancelled");
    expect([...cancelled.nodes.values()].filter(({ phase }) => phase === "running")).toEqual([]);
  });
});
