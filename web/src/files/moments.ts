/** Points of time as a person reads them. */

import type { Language } from "../i18n/strings";

const TAGS: Readonly<Record<Language, string>> = { en: "en-GB", zh: "zh-CN" };

/** `21 Nov 2026, 16:40:12`, without the day where it is today. `at` in seconds since 1970. */
export function momentOf(at: number, language: Language, now = new Date()): string {
  const moment = new Date(at * 1000);
  const isToday = moment.toDateString() === now.toDateString();
  const format = new Intl.DateTimeFormat(TAGS[language], {
    ...(isToday ? {} : { dateStyle: "medium" }),
    timeStyle: "medium",
  });
  return format.format(moment);
}
