/** The system's clipboard, as a page may use it when a button is pressed. */

import { notifications } from "@mantine/notifications";

import { strings } from "../i18n/language";

/** Nothing is done with null. */
export async function writeClipboard(text: string | null): Promise<void> {
  if (text === null) return;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    refuse(strings().commands.clipboard.noWriting);
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
