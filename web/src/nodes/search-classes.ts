/** Finds node classes by a few letters of what they are called, where they belong, and what they take and make. */

import Fuse, { type Expression } from "fuse.js";

import type { NodeClass } from "../classes/types";
import { headStart } from "../commands/search";
import type { Habits } from "../commands/habits";

export type ClassSearch = (query: string, limit: number) => NodeClass[];

/** A search in these classes; what is made for it once serves every query. */
export function searchIn(classes: readonly NodeClass[], habits: Habits): ClassSearch {
  const fuse = new Fuse(classes, {
    keys: [
      { name: "title", weight: 4 },
      { name: "id", weight: 3 },
      { name: "aliases", weight: 2 },
      { name: "category", weight: 1 },
      { name: "takes", weight: 0.5, getFn: ({ inputs }) => typesOf(inputs) },
      { name: "makes", weight: 0.8, getFn: ({ outputs }) => typesOf(outputs) },
    ],
    threshold: 0.3,
    ignoreLocation: true,
    includeScore: true,
  });
  return (query, limit) => {
    const asked = query.trim().toLowerCase();
    const words = asked.split(/\s+/).filter((word) => word !== "");
    if (words.length === 0) return [];
    return fuse
      .search({ $and: words.map(inAnyField) })
      .map(({ item, score = 1 }) => ({ item, rank: score - favour(item, asked, habits) }))
      .sort((one, other) => one.rank - other.rank)
      .slice(0, limit)
      .map(({ item }) => item);
  };
}

const FIELDS = ["title", "id", "aliases", "category", "takes", "makes"] as const;

const inAnyField = (word: string): Expression => ({ $or: FIELDS.map((field) => ({ [field]: word })) });

/** What is called so counts more than habit, and habit more than how well the letters fit. */
function favour({ title, id, deprecated, experimental }: NodeClass, asked: string, habits: Habits): number {
  const called = Math.max(headStart(title.toLowerCase(), asked), headStart(id.toLowerCase(), asked));
  const often = Math.min(habits.get(id)?.times ?? 0, 10) / 15;
  return called + often - (deprecated ? 4 : 0) - (experimental ? 0.2 : 0);
}

function typesOf(sockets: readonly { readonly type: string }[]): string[] {
  const types = sockets.flatMap(({ type }) => type.split(","));
  return [...new Set(types)].filter((type) => !PLAIN.has(type));
}

/** Of which nearly every class has some. */
const PLAIN: ReadonlySet<string> = new Set(["*", "INT", "FLOAT", "STRING", "BOOLEAN", "COMBO"]);
