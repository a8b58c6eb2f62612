/** The system's clipboard, as a page may use it when a button is pressed. */

import { notifications } from "@mantine/notifications";

import { strings } from "../i18n/language";

/** Whether the text is there now; where the browser refuses, that is said. Nothing is done with null. */
export async function writeClipboard(text: string | null): Promise<boolean> {
  if (text === null) return false;
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    refuse(strings().commands.clipboard.noWriting);
    return false;
  }
}

/** Null where the browser does not let the page see it, which is then said. */
export async function readClipboard(): Promise<string | null> {
  try {
    return await navigator.clipboard.readText();
  } catch {
    refuse(strings().commands.clipboard.noReading);
    return null;
  }
}

/** Says why something could not be done. */
export function refuse(message: string): void {
  notifications.show({ color: "orange", message });
}
