import { afterEach, beforeEach, expect, it } from "vitest";

import type { App } from "../editor/app";
import { changeTab, showTab } from "../editor/workspace";
import { openTab } from "../files/tabs";
import { testApp } from "../files/testing/app";
import { waitingRun, type RunPhase } from "../state/run";
import { useRuns } from "../state/runs";
import { AutoQueue } from "./auto-queue";
import { useRunSettings } from "./settings";

let app: App;
let auto: AutoQueue;

const happened = (job: string, phase: RunPhase): void => {
  useRuns.setState(({ runs }) => ({ runs: new Map(runs).set(job, { ...waitingRun(job), phase }) }));
};

beforeEach(() => {
  useRuns.setState(useRuns.getInitialState());
  app = testApp();
  auto = new AutoQueue(app);
  const [failed, shown] = [openTab(app, { title: "failed" }), openTab(app, { title: "shown" })];
  changeTab(app.workspace, failed.id, { jobs: ["earlier"] });
  changeTab(app.workspace, shown.id, { jobs: ["now"] });
  auto.start();
  useRunSettings.setState({ auto: "change" });
});
afterEach(() => {
  auto.stop();
  useRunSettings.setState({ auto: "off" });
});

it("ends where a run of the tab that is shown fails", () => {
  happened("now", "running");
  happened("now", "failed");
  expect(useRunSettings.getState().auto).toBe("off");
});

it("goes on where a tab is shown of which a run had failed before", () => {
  happened("earlier", "failed");
  showTab(app.workspace, app.workspace.getState().tabs[0]?.id ?? "");
  happened("another's", "running");
  expect(useRunSettings.getState().auto).toBe("change");
});
