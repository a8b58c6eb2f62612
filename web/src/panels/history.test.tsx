import { act } from "react";
import { createRoot } from "react-dom/client";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { waitingRun, type Run } from "../state/run";
import { useRuns } from "../state/runs";
import { useHistory } from "./history";

let asked: number;

beforeEach(() => {
  asked = 0;
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  vi.stubGlobal("fetch", () => {
    asked += 1;
    return Promise.resolve(Response.json({ jobs: [], total: 0 }));
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const ended = (second: number): Run => ({ ...waitingRun(`j${second}`), phase: "done", finishedAt: second });
const known = (runs: readonly Run[]): void => {
  useRuns.setState({ runs: new Map(runs.map((run) => [run.job, run])) });
};

function History(): null {
  useHistory("");
  return null;
}

it("asks anew when a run has ended, though the page forgets another for it", async () => {
  known([ended(1), ended(2)]);
  const root = createRoot(document.createElement("div"));
  await act(async () => {
    root.render(<History />);
    await Promise.resolve();
  });
  expect(asked).toBe(1);
  await act(async () => {
    known([ended(2), ended(3)]);
    await Promise.resolve();
  });
  expect(asked).toBe(2);
  act(() => {
    root.unmount();
  });
});
