/**
 * What a person chose lately and often, so that it comes first the next time. Kept in this browser; a browser that keeps
 * nothing has no habits.
 */

export interface Habit {
  readonly times: number;
  /** Milliseconds since 1970. */
  readonly last: number;
}

export type Habits = ReadonlyMap<string, Habit>;

/** A list of things that one chooses from. */
export type HabitKind = "commands" | "classes";

/** What was not chosen for long is forgotten, so that the list stays short. */
const KEPT = 100;

export function habitsOf(kind: HabitKind): Habits {
  try {
    const entries: unknown = JSON.parse(localStorage.getItem(placeOf(kind)) ?? "[]");
    return new Map(Array.isArray(entries) ? entries.filter(isEntry) : []);
  } catch {
    return new Map();
  }
}

export function chose(kind: HabitKind, id: string, now = Date.now()): void {
  const habits = new Map(habitsOf(kind));
  habits.set(id, { times: (habits.get(id)?.times ?? 0) + 1, last: now });
  const kept = [...habits].sort(([, one], [, other]) => other.last - one.last).slice(0, KEPT);
  try {
    localStorage.setItem(placeOf(kind), JSON.stringify(kept));
  } catch {
    // Nothing is kept, and nothing else suffers.
  }
}

/** The ids that come first: what was chosen last before what was chosen often. */
export function foremost(habits: Habits, count: number): string[] {
  const entries = [...habits];
  const recent = entries.toSorted(([, one], [, other]) => other.last - one.last).slice(0, Math.ceil(count / 2));
  const often = entries.toSorted(([, one], [, other]) => other.times - one.times || other.last - one.last);
  return [...new Set([...recent, ...often].map(([id]) => id))].slice(0, count);
}

/** What was found, with what is chosen often a few places further up for each time. */
export function withHabits<T extends { readonly id: string }>(found: readonly T[], habits: Habits): T[] {
  return found
    .map((item, place) => ({ item, place: place - Math.min(habits.get(item.id)?.times ?? 0, MOST_PLACES) }))
    .sort((one, other) => one.place - other.place)
    .map(({ item }) => item);
}

/** So that a habit never hides what is called by the very name. */
const MOST_PLACES = 3;

const placeOf = (kind: HabitKind): string => `nodegraph.habits.${kind}`;

function isEntry(entry: unknown): entry is [string, Habit] {
  if (!Array.isArray(entry) || typeof entry[0] !== "string") return false;
  const habit: unknown = entry[1];
  return typeof habit === "object" && habit !== null && "times" in habit && "last" in habit;
}
