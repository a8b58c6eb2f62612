/** What follows from settings for the page as a whole: its language and its colours. */

import type { MantineColorSchemeManager } from "@mantine/core";

import type { SettingsStore } from "../editor/settings";
import { preferred, setLanguage } from "../i18n/language";
import { TAGS } from "../i18n/strings";

/** Let the page speak the language that is set, from now on; returns how to end that. */
export function followLanguage(settings: SettingsStore): () => void {
  const follow = (): void => {
    const { language: set } = settings.getState();
    const language = set === "auto" ? preferred(navigator.languages) : set;
    setLanguage(language);
    document.documentElement.lang = TAGS[language];
  };
  follow();
  return settings.subscribe(follow);
}

/** The kit asks here which colours are set. */
export function colorSchemeFrom(settings: SettingsStore): MantineColorSchemeManager {
  let end = (): void => undefined;
  return {
    get: () => settings.getState().theme,
    set: (theme) => {
      settings.setState({ theme });
    },
    subscribe: (onUpdate) => {
      end = settings.subscribe(({ theme }, { theme: before }) => {
        if (theme !== before) onUpdate(theme);
      });
    },
    unsubscribe: () => {
      end();
    },
    clear: () => {
      settings.setState({ theme: "auto" });
    },
  };
}
