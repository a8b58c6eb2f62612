/** The whole page: which part of it stands where. Knows what the parts are called and nothing of how they work. */

import { lazy, useState } from "react";
import { useStore } from "zustand";

import { CanvasGestures } from "../canvas/CanvasGestures";
import { CanvasView } from "../canvas/CanvasView";
import { COMMANDS, MENU } from "../commands/all";
import { CommandPalette } from "../commands/CommandPalette";
import { ShortcutSheet } from "../commands/ShortcutSheet";
import { useCommandKeys } from "../commands/use-command-keys";
import { EditorContext, OverlayContext, useActiveTab, useApp } from "../editor/app";
import type { Tab } from "../editor/workspace";
import { FileDialogs } from "../files/dialogs/FileDialogs";
import { DropTarget } from "../files/DropTarget";
import { FileBanners } from "../files/FileBanners";
import { TabBar } from "../files/TabBar";
import { Welcome } from "../files/Welcome";
import { WorkflowsPanel } from "../files/WorkflowsPanel";
import { AccessTokensHost } from "../access/AccessTokensHost";
import { useStrings } from "../i18n/language";
import { Later } from "../later/Later";
import { NotLoaded } from "../later/NotLoaded";
import { ConnectionBanner } from "../run/ConnectionBanner";
import { FindBar } from "../find/FindBar";
import { AddNodePalette } from "../nodes/AddNodePalette";
import { NodesPanel } from "../nodes/NodesPanel";
import { PicturesStrip } from "../panels/PicturesStrip";
import { QueuePanel } from "../panels/QueuePanel";
import { Viewer } from "../panels/Viewer";
import { Problems } from "../run/Problems";
import { RunControls } from "../run/RunControls";
import { FirstRunHint } from "../shell/FirstRunHint";
import { Header } from "../shell/Header";
import { MainMenu } from "../shell/MainMenu";
import { Rail } from "../shell/Rail";
import { SettingsDialog } from "../shell/SettingsDialog";
import { Shell } from "../shell/Shell";
import { SidePanel } from "../shell/SidePanel";
import { useServer } from "../state/server";
import { MaskHost } from "../widgets/mask/MaskHost";
import { askServer, TokenCounter, TokensContext } from "../widgets/text/tokens";
import { Overlays } from "./overlays";
import classes from "./Page.module.css";

const HistoryPanel = lazy(() => import("../panels/HistoryPanel"));

export function Page() {
  const app = useApp();
  useCommandKeys(app, COMMANDS);
  const waiting = useServer(({ queue }) => (queue ? queue.running.length + queue.queued.length : 0));
  return (
    <>
      <Shell
        header={<Header menu={<MainMenu menu={MENU} />} tabs={<TabBar />} controls={<RunControls />} />}
        banners={
          <>
            <ConnectionBanner />
            <FileBanners />
          </>
        }
        rail={<Rail counts={{ queue: waiting }} />}
        panel={<OpenPanel />}
      >
        <Stage />
        <FirstRunHint />
        <FindBar />
      </Shell>
      <CommandPalette commands={COMMANDS} />
      <AddNodePalette />
      <ShortcutSheet commands={COMMANDS} />
      <SettingsDialog />
      <AccessTokensHost />
      <FileDialogs />
      <MaskHost />
      <DropTarget />
      <Viewer />
    </>
  );
}

function OpenPanel() {
  const { panels } = useStrings().shell;
  const panel = useStore(useApp().ui, (ui) => ui.panel);
  switch (panel) {
    case "nodes":
      return <NodesPanel />;
    case "workflows":
      return <WorkflowsPanel />;
    case "queue":
      return <QueuePanel />;
    case "history":
      return (
        <Later
          failed={
            <SidePanel title={panels.history}>
              <NotLoaded />
            </SidePanel>
          }
        >
          <HistoryPanel />
        </Later>
      );
    case null:
      return null;
  }
}

/** The tab that is shown. */
function Stage() {
  const app = useApp();
  const [overlays] = useState(() => new Overlays(app));
  const [tokens] = useState(() => new TokenCounter(askServer));
  const tab = useActiveTab();
  return (
    <TokensContext value={tokens}>
      {tab ? <OpenWorkflow key={tab.id} tab={tab} overlays={overlays} /> : <Welcome />}
    </TokensContext>
  );
}

function OpenWorkflow({ tab, overlays }: { tab: Tab; overlays: Overlays }) {
  return (
    <EditorContext value={tab.editor}>
      <OverlayContext value={overlays.of(tab.id)}>
        <div className={classes.stage}>
          <CanvasView>
            <CanvasGestures />
          </CanvasView>
          <div className={[classes.corner, classes.problems].join(" ")}>
            <Problems />
          </div>
          <div className={[classes.corner, classes.pictures].join(" ")}>
            <PicturesStrip />
          </div>
        </div>
      </OverlayContext>
    </EditorContext>
  );
}
