/** Opens the workflow of a job in a tab of its own, as it was when it was queued. */

import { notifications } from "@mantine/notifications";

import { fetchRequest } from "../client/http";
import type { App } from "../editor/app";
import { openText } from "../files/open";
import { strings } from "../i18n/language";

export async function restoreWorkflow(app: App, job: string, title: string): Promise<void> {
  const request = await fetchRequest(job);
  if (request !== null) await openText(app, title, request);
  else notifications.show({ color: "red", title: strings().run.notDone, message: strings().run.historyPanel.gone });
}
