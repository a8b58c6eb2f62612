/** Running the workflow that is shown, and the queue it waits in. */

import { selectedNodes } from "../canvas/actions/board";
import type { Surface } from "../canvas/surface";
import type { App } from "../editor/app";
import { activeTab } from "../editor/workspace";
import { currentRun } from "../run/progress";
import { cancel, queue, runTo } from "../run/queue";
import { clearQueue, pauseQueue, resumeQueue } from "../run/queue-actions";
import { AUTO_MODES, useRunSettings } from "../run/settings";
import type { Run } from "../state/run";
import { useRuns } from "../state/runs";
import { useServer } from "../state/server";
import { may, useSession } from "../state/session";
import type { Sections } from "./command";
import { canvasCommand, command, submenu } from "./define";

export const RUN: Sections = [
  [
    // These can always be asked for: where nothing can be queued, they say why.
    command("run.queue", {
      keys: ["mod+Enter"],
      inText: true,
      run: async (app) => {
        await queue(app, { count: useRunSettings.getState().count });
      },
    }),
    command("run.front", {
      keys: ["mod+shift+Enter"],
      inText: true,
      run: async (app) => {
        await queue(app, { count: useRunSettings.getState().count, front: true });
      },
    }),
    canvasCommand("run.selected", {
      keys: ["alt+Enter"],
      when: hasNodes,
      run: async ({ editor }, app) => {
        await runTo(app, ...selectedNodes(editor).map(({ key }) => key));
      },
    }),
    submenu(
      "auto",
      AUTO_MODES.map((mode) =>
        command(`run.auto-${mode}`, {
          checked: () => useRunSettings.getState().auto === mode,
          run: () => {
            useRunSettings.setState({ auto: mode });
          },
        }),
      ),
    ),
  ],
  [
    command("run.cancel", {
      keys: ["mod+alt+Enter"],
      inText: true,
      enabled: (app) => runningOf(app) !== null,
      run: (app) => {
        const run = runningOf(app);
        if (run) cancel(app, run.job);
      },
    }),
    command("run.pause", {
      needs: "admin",
      enabled: isConnected,
      checked: isPaused,
      run: async () => {
        await (isPaused() ? resumeQueue() : pauseQueue());
      },
    }),
    command("run.clear", {
      needs: "run",
      enabled: isConnected,
      run: async () => {
        await clearQueue();
      },
    }),
  ],
  [
    command("run.refresh", {
      keys: ["R"],
      enabled: isConnected,
      run: ({ client }) => client.refresh(),
    }),
  ],
];

function isPaused(): boolean {
  return useServer.getState().queue?.paused ?? false;
}

function isConnected(): boolean {
  return useServer.getState().link === "open";
}

function hasNodes({ editor }: Surface): boolean {
  return may("run")(useSession.getState()) && selectedNodes(editor).length > 0;
}

function runningOf({ workspace }: App): Run | null {
  const state = workspace.getState();
  return currentRun(useRuns.getState().runs, activeTab(state), state.tabs);
}
