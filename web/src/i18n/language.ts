/** The language that the page speaks now. Knows nothing of who chose it. */

import { create } from "zustand";

import { STRINGS, type Language, type Strings } from "./strings";

export const useLanguage = create<{ readonly language: Language }>()(() => ({
  language: preferred(navigator.languages),
}));

export function setLanguage(language: Language): void {
  useLanguage.setState({ language });
}

/** The page's words, for a component. */
export function useStrings(): Strings {
  return STRINGS[useLanguage((state) => state.language)];
}

/** The page's words as they are now, outside of components. */
export function strings(): Strings {
  return STRINGS[useLanguage.getState().language];
}

/** The first of a person's languages that the page speaks; English where it speaks none. */
export function preferred(languages: readonly string[]): Language {
  for (const tag of languages) {
    const language = tag.toLowerCase().split("-", 1)[0];
    if (language === "zh" || language === "en") return language;
  }
  return "en";
}
