/** A length of time as a person would say it. */

import type { Strings } from "../i18n/strings";

/** A guess, so no finer than it can be: `8 s`, `40 s`, `2 min`, `1 h 10 min`. */
export function roughly(seconds: number, { time }: Strings["run"]): string {
  if (seconds < 10) return time.seconds(Math.max(1, Math.round(seconds)));
  if (seconds < 57.5) return time.seconds(Math.round(seconds / 5) * 5);
  const minutes = Math.max(1, Math.round(seconds / 60));
  if (minutes < 60) return time.minutes(minutes);
  const tens = Math.round(minutes / 10);
  return time.hours(Math.floor(tens / 6), (tens % 6) * 10);
}
