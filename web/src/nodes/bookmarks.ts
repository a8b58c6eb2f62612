/** The node classes that a person wants at hand. */

import type { SettingsStore } from "../editor/settings";

/** Put a class behind the others, or take it out. */
export function toggleBookmark(settings: SettingsStore, classId: string): void {
  settings.setState(({ bookmarks }) => ({
    bookmarks: bookmarks.includes(classId) ? bookmarks.filter((id) => id !== classId) : [...bookmarks, classId],
  }));
}
