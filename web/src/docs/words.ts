/** The words of this page, which are loaded with it and not with the editor. */

import { docs as en } from "../i18n/en/docs";
import { useLanguage } from "../i18n/language";
import type { Language } from "../i18n/strings";
import { docs as zh } from "../i18n/zh/docs";

export const WORDS: Readonly<Record<Language, typeof en>> = { en, zh };

export function useWords(): typeof en {
  return WORDS[useLanguage((state) => state.language)];
}
