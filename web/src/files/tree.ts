/** The user's files and folders as a tree, folders first, each in the order of their names. */

import type { UserEntry } from "../protocol/schema";
import { folderOf, nameOf } from "./paths";
import { isWorkflow } from "./search";

export interface Branch {
  readonly entry: UserEntry;
  /** Null for files. */
  readonly inside: readonly Branch[] | null;
}

/** What is not a workflow is left out. */
export function treeOf(entries: readonly UserEntry[]): readonly Branch[] {
  const byFolder = new Map<string, UserEntry[]>();
  for (const entry of entries) {
    if (entry.kind === "file" && !isWorkflow(entry)) continue;
    const folder = folderOf(entry.path);
    byFolder.set(folder, [...(byFolder.get(folder) ?? []), entry]);
  }
  const within = (folder: string): readonly Branch[] =>
    (byFolder.get(folder) ?? [])
      .map((entry) => ({ entry, inside: entry.kind === "folder" ? within(entry.path) : null }))
      .sort(inOrder);
  return within("");
}

function inOrder(one: Branch, other: Branch): number {
  if ((one.inside === null) !== (other.inside === null)) return one.inside === null ? 1 : -1;
  return nameOf(one.entry.path).localeCompare(nameOf(other.entry.path), undefined, { numeric: true });
}
