/** Gives a workflow out as a file of its own: as it would be saved, or as engines run it. */

import { notifications } from "@mantine/notifications";

import type { Tab } from "../editor/workspace";
import { strings } from "../i18n/language";
import { toApi } from "./convert";
import { NoWorkflowError } from "./no-workflow";

/** What is exported is the workflow at this moment. */
export async function exportTab({ title, editor }: Tab, format: "canvas" | "api"): Promise<void> {
  const text = editor.document.text();
  try {
    if (format === "canvas") download(`${fileName(title)}.json`, text);
    else download(`${fileName(title)}.api.json`, await toApi(text));
  } catch (error) {
    if (!(error instanceof NoWorkflowError)) throw error;
    const { exporting, open } = strings().files;
    notifications.show({
      color: "red",
      title: exporting.failed(title),
      message: error.details || open.noAnswer,
      autoClose: 12_000,
    });
  }
}

/** A title without what no system lets files be called. */
function fileName(title: string): string {
  return title.replace(/[\\/:*?"<>|\p{Cc}]+/gu, "-");
}

function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has to have begun before the address may go.
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 10_000);
}
