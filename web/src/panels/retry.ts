/** Runs an ended job once more. It is shown in the tab of its workflow, where that is open. */

import { fetchRequest } from "../client/http";
import { parseJson, writeJson } from "../document/json";
import type { App } from "../editor/app";
import { changeTab, type Workspace } from "../editor/workspace";
import { NoWorkflowError } from "../files/no-workflow";
import { readText } from "../files/read";
import { retryJob } from "../run/queue-actions";

export async function retry({ workspace }: App, job: string): Promise<void> {
  const again = await retryJob(job);
  if (again === null) return;
  const owner = ownerOf(workspace.getState(), job) ?? (await holderOf(workspace.getState(), job));
  const tab = workspace.getState().tabs.find(({ id }) => id === owner);
  if (tab) changeTab(workspace, tab.id, { jobs: [...tab.jobs, again] });
}

/** The tab that asked for the job. */
const ownerOf = ({ tabs }: Workspace, job: string): string | undefined =>
  tabs.find(({ jobs }) => jobs.includes(job))?.id;

/** A tab that holds just what the job was asked for. */
async function holderOf({ tabs }: Workspace, job: string): Promise<string | undefined> {
  const asked = snapshotIn((await fetchRequest(job)) ?? "");
  return asked === null ? undefined : tabs.find(({ editor }) => bare(editor.document.text()) === asked)?.id;
}

/** Null where the job came without a drawing. */
function snapshotIn(request: string): string | null {
  try {
    const { format, text } = readText(request);
    return format === "canvas" ? bare(text) : null;
  } catch (error) {
    if (error instanceof NoWorkflowError) return null;
    throw error;
  }
}

/** Without the blanks by which texts of the same differ. */
const bare = (text: string): string => writeJson(parseJson(text));
