import { beforeEach, expect, it } from "vitest";

import { changeTab } from "../editor/workspace";
import { openTab } from "../files/tabs";
import { testApp } from "../files/testing/app";
import { waitingRun } from "../state/run";
import { useRuns } from "../state/runs";
import { createOverlay } from "./overlay";

const painted = (job: string): void => {
  const pictures = [{ node: "9", filename: `${job}.png`, subfolder: "", type: "output" }];
  useRuns.setState(({ runs }) => ({ runs: new Map(runs).set(job, { ...waitingRun(job), phase: "done", pictures }) }));
};

beforeEach(() => {
  useRuns.setState(useRuns.getInitialState());
});

it("a node shows what it painted last, though the page learns later of what it painted before", async () => {
  const app = testApp();
  const { id } = openTab(app, { title: "a" });
  changeTab(app.workspace, id, { jobs: ["first", "second", "third"] });
  painted("third");
  const overlay = createOverlay(app, { id });
  const shown = (): string | undefined => overlay.getState().get("9")?.pictures[0]?.filename;
  expect(shown()).toBe("third.png");
  painted("first");
  painted("second");
  await new Promise(requestAnimationFrame);
  expect(shown()).toBe("third.png");
});
