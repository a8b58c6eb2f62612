/**
 * Asking for runs of a workflow. What is sent is the document as it is at the moment of asking: later edits change
 * neither it nor the rest of its batch.
 */

import { notifications } from "@mantine/notifications";

import type { Answer } from "../client/client";
import { CanvasDocument } from "../document/document";
import type { Key } from "../document/records";
import { uuid } from "../document/uuid";
import { advance } from "../editing/advance";
import type { App } from "../editor/app";
import { activeTab, changeTab, type Tab, type WorkspaceStore } from "../editor/workspace";
import { strings } from "../i18n/language";
import { asked } from "../state/asked";
import { useServer } from "../state/server";
import { may, useSession } from "../state/session";
import { targetsOf } from "./where";

export interface QueueOptions {
  /** The one that is shown, if not given. */
  readonly tab?: Tab;
  /** Before all that waits. */
  readonly front?: boolean;
  /** How many runs; what changes after a run, as a seed may, changes between them. */
  readonly count?: number;
  /** Run only these nodes, as runs name them, and what they need. */
  readonly targets?: readonly string[] | null;
}

/** True once the server has taken in all that was asked for. Who asks while the page still begins is not forgotten. */
export async function queue(app: App, options: QueueOptions = {}): Promise<boolean> {
  const { front = false, count = 1, targets = null } = options;
  if (!hasBegun(app)) await beginning(app);
  const tab = options.tab ?? activeTab(app.workspace.getState());
  if (!tab) {
    say("nothing-to-queue", strings().run.nothingOpen);
    return false;
  }
  if (!may("run")(useSession.getState())) {
    say("not-allowed", { title: strings().access.scopes.read, advice: strings().access.mayNot.run });
    return false;
  }
  const { document } = tab.editor;
  let text = document.text();
  const batch = count > 1 ? CanvasDocument.open(text) : null;
  for (let left = count; left > 0; left -= 1) {
    const job = uuid();
    const answer = app.client.submit(text, { job, title: tab.title, front, targets });
    if (answer === null) {
      sayNotConnected();
      return false;
    }
    asked.sent(tab.id, job);
    if (!hear(app.workspace, tab.id, job, await answer)) return false;
    const label = strings().run.nextValues;
    advance(document, app.catalog.getState(), label);
    if (batch && left > 1) {
      advance(batch, app.catalog.getState(), label);
      text = batch.text();
    }
  }
  return true;
}

/** Run what these nodes of the graph that is shown need, and them; nothing else. */
export async function runTo(app: App, ...nodes: readonly Key[]): Promise<boolean> {
  const tab = activeTab(app.workspace.getState());
  if (!tab) return false;
  const { store } = tab.editor.document;
  const { path } = tab.editor.view.getState();
  const targets = nodes.flatMap((key) => targetsOf(store, path, store.need(key, "node")));
  return queue(app, { tab, targets });
}

/** Stop a job; asked a second time, its worker is replaced at once. */
export function cancel(app: App, job: string): void {
  if (!app.client.cancel(job)) sayNotConnected();
}

/** Take in what the server said to a submission; whether it took it. */
function hear(workspace: WorkspaceStore, tab: string, job: string, answer: Answer): boolean {
  const { problems = {}, warnings = [] } = answer;
  if (answer.type === "rejected") {
    asked.answered(tab, job, { error: answer.error, problems }, warnings);
    return false;
  }
  asked.answered(tab, job, Object.keys(problems).length > 0 ? { error: null, problems } : null, warnings);
  const open = workspace.getState().tabs.find(({ id }) => id === tab);
  if (open) changeTab(workspace, tab, { jobs: [...open.jobs, job].slice(-REMEMBERED) });
  return true;
}

/** Of a tab's runs the last are remembered; the history has them all. */
const REMEMBERED = 500;

/** Whether the page has what it opens with, and has reached the server or failed to. */
function hasBegun({ files }: App): boolean {
  return files.getState().begun && useServer.getState().link !== "connecting";
}

function beginning(app: App): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!hasBegun(app)) return;
      for (const end of ends) end();
      resolve();
    };
    const ends = [app.files.subscribe(look), useServer.subscribe(look)];
  });
}

function sayNotConnected(): void {
  say("not-connected", strings().run.notConnected);
}

function say(id: string, { title, advice }: { readonly title: string; readonly advice: string }): void {
  notifications.show({ id, color: "orange", title, message: advice });
}
