/** Workflows as files: opened, saved, exported, and the tabs they are in. */

import type { App } from "../editor/app";
import { activeTab, type Tab } from "../editor/workspace";
import { closeTabs, showNext } from "../files/close";
import { exportTab } from "../files/export";
import { save } from "../files/save";
import { newTab } from "../files/tabs";
import type { Command, Sections } from "./command";
import { command, type CommandId } from "./define";

export const FILE: Sections = [
  [
    command("file.new", {
      keys: ["alt+N"],
      run: (app) => {
        newTab(app);
      },
    }),
    command("file.open", {
      keys: ["mod+O"],
      inText: true,
      run: ({ ui }) => {
        ui.setState({ dialog: { kind: "open" } });
      },
    }),
    command("file.gallery", {
      run: ({ ui }) => {
        ui.setState({ dialog: { kind: "gallery" } });
      },
    }),
  ],
  [
    tabCommand("file.save", {
      needs: "run",
      keys: ["mod+S"],
      inText: true,
      onTab: async ({ id }, app) => {
        await save(app, id);
      },
    }),
    tabCommand("file.save-as", {
      needs: "run",
      keys: ["mod+shift+S"],
      inText: true,
      onTab: ({ id }, { ui }) => {
        ui.setState({ dialog: { kind: "save-as", tab: id } });
      },
    }),
    tabCommand("file.export", { onTab: (tab) => exportTab(tab, "canvas") }),
    tabCommand("file.export-api", { onTab: (tab) => exportTab(tab, "api") }),
  ],
  [
    tabCommand("file.next", {
      keys: ["alt+PageDown"],
      inText: true,
      onTab: (_tab, app) => {
        showNext(app, 1);
      },
    }),
    tabCommand("file.previous", {
      keys: ["alt+PageUp"],
      inText: true,
      onTab: (_tab, app) => {
        showNext(app, -1);
      },
    }),
    tabCommand("file.close", {
      keys: ["alt+W"],
      onTab: ({ id }, app) => {
        closeTabs(app, [id]);
      },
    }),
    tabCommand("file.close-others", {
      onTab: ({ id }, app) => {
        closeTabs(
          app,
          app.workspace
            .getState()
            .tabs.map((tab) => tab.id)
            .filter((other) => other !== id),
        );
      },
    }),
  ],
];

interface OnTab extends Pick<Command, "keys" | "inText" | "needs"> {
  readonly onTab: (tab: Tab, app: App) => void | Promise<void>;
}

/** A command to the workflow that is shown. */
function tabCommand(id: CommandId, { onTab, ...rest }: OnTab): Command {
  return command(id, {
    ...rest,
    enabled: ({ workspace }) => activeTab(workspace.getState()) !== null,
    run: (app) => {
      const tab = activeTab(app.workspace.getState());
      if (tab) return onTab(tab, app);
    },
  });
}
