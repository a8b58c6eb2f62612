/** Finds workflows among the user's by what they are called and where they lie. */

import Fuse from "fuse.js";

import type { UserEntry } from "../protocol/schema";
import { nameOf } from "./paths";

/** The workflows whose path is like the query, the likest first. */
export function found(entries: readonly UserEntry[], query: string): readonly UserEntry[] {
  const fuse = new Fuse(entries.filter(isWorkflow), {
    keys: [
      { name: "name", getFn: ({ path }) => nameOf(path), weight: 2 },
      { name: "path", getFn: ({ path }) => path },
    ],
    threshold: 0.35,
    ignoreLocation: true,
  });
  return fuse.search(query.trim()).map(({ item }) => item);
}

export function latestFirst(entries: readonly UserEntry[]): readonly UserEntry[] {
  return entries.filter(isWorkflow).sort((one, other) => other.modified - one.modified);
}

/** Whether there may be a workflow in it. */
export function isWorkflow({ kind, path }: UserEntry): boolean {
  return kind === "file" && /\.(json|png|webp|jpe?g)$/i.test(path) && !nameOf(path).startsWith(".");
}
