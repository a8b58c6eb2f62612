/** Finds commands and whatever else the palette offers by a few letters of their names. */

import Fuse from "fuse.js";

export interface Findable {
  readonly label: string;
  /** Other words to find it by, less telling than its label. */
  readonly words: readonly string[];
}

/** What `query` fits, best first; everything in its own order where nothing is asked for. */
export function find<T extends Findable>(items: readonly T[], query: string, limit: number): T[] {
  const asked = query.trim().toLowerCase();
  if (asked === "") return items.slice(0, limit);
  const fuse = new Fuse(items, {
    keys: [
      { name: "label", weight: 3 },
      { name: "words", weight: 1 },
    ],
    threshold: 0.35,
    ignoreLocation: true,
    includeScore: true,
  });
  return fuse
    .search(asked)
    .map(({ item, score = 1 }) => ({ item, score: score - headStart(item.label.toLowerCase(), asked) }))
    .sort((one, other) => one.score - other.score)
    .slice(0, limit)
    .map(({ item }) => item);
}

/** A label that begins with what is asked for, or with one of its words, is meant rather than one that contains it. */
function headStart(label: string, asked: string): number {
  if (label === asked) return 3;
  if (label.startsWith(asked)) return 2;
  return label.split(/[\s:/·-]+/).some((word) => word.startsWith(asked)) ? 1 : 0;
}
