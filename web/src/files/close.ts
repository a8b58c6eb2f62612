/** What closes tabs: at once where nothing would be lost, else after asking. */

import type { App } from "../editor/app";
import { closeTab, showTab, type Workspace } from "../editor/workspace";
import { save, tabOf } from "./save";

/** Close tabs; where some hold what is not saved the person decides first. */
export function closeTabs(app: App, ids: readonly string[]): void {
  const { tabs } = app.workspace.getState();
  const unsaved = tabs.filter(({ id, changed }) => changed && ids.includes(id));
  if (unsaved.length > 0) app.ui.setState({ dialog: { kind: "close", tabs: ids } });
  else closeNow(app, ids);
}

export function closeNow({ workspace }: App, ids: readonly string[]): void {
  for (const id of ids) closeTab(workspace, id);
}

/** Save and close tabs. The first that cannot be saved without another question ends it; nothing is lost. */
export async function saveAndClose(app: App, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    // It may be edited while it is being saved.
    while (tabOf(app, id)?.changed) if (!(await save(app, id))) return;
    closeNow(app, [id]);
  }
}

/** Show the tab that is `step` places further, around the ends. */
export function showNext({ workspace }: App, step: number): void {
  const { tabs, active } = workspace.getState();
  const at = tabs.findIndex(({ id }) => id === active);
  const next = tabs.at((at + step) % Math.max(tabs.length, 1));
  if (next) showTab(workspace, next.id);
}

/** Put a tab in another place; `to` counts without it. */
export function placeTab({ workspace }: App, id: string, to: number): void {
  workspace.setState(({ tabs }): Partial<Workspace> => {
    const others = tabs.filter((tab) => tab.id !== id);
    const tab = tabs.filter((other) => other.id === id);
    return { tabs: [...others.slice(0, to), ...tab, ...others.slice(to)] };
  });
}
