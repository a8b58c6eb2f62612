/** Which nodes of a workflow something is wrong with, and going from one to the next. */

import type { App } from "../editor/app";
import { runId } from "../editor/editor";
import { activeTab, type Tab } from "../editor/workspace";
import { askedOf, useAsked } from "../state/asked";
import { useRuns } from "../state/runs";
import { placeOf, showNode } from "./where";

/** As runs name them: those that were refused, else the one that the last run failed at. */
export function nodesInError({ id, jobs, editor }: Tab): string[] {
  const { refusal } = askedOf(useAsked.getState(), id);
  const failed = useRuns.getState().runs.get(jobs.at(-1) ?? "")?.failure?.node;
  const refused = Object.entries(refusal?.problems ?? {}).flatMap(([node, { errors }]) =>
    errors.length > 0 ? [node] : [],
  );
  const nodes = refusal ? refused : failed == null ? [] : [failed];
  return nodes.filter((node) => placeOf(editor.document.store, node) !== null);
}

export function hasErrors(app: App): boolean {
  const tab = activeTab(app.workspace.getState());
  return tab !== null && nodesInError(tab).length > 0;
}

/** Show the one that is `step` places further than the one that is selected, around the ends. */
export function showError(app: App, step: 1 | -1): void {
  const tab = activeTab(app.workspace.getState());
  if (!tab) return;
  const nodes = nodesInError(tab);
  const at = nodes.indexOf(selectedIn(tab) ?? "");
  const next = nodes.at(at < 0 && step < 0 ? -1 : (at + step) % nodes.length);
  if (next !== undefined) showNode(app, tab, next);
}

/** The one node that is selected, as runs name it. */
function selectedIn({ editor }: Tab): string | null {
  const [key, ...others] = editor.selection.getState();
  const record = key === undefined ? undefined : editor.document.store.get(key);
  return record?.kind === "node" && others.length === 0 ? runId(editor.view.getState().path, record.id) : null;
}
