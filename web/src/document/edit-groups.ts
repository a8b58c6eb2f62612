/** Adding, changing and removing groups. What lies in a group is none of its business. */

import { BLANK_GROUP } from "./blanks";
import { newId } from "./ids";
import { groupKey, type GroupRecord, type Key } from "./records";
import type { Transaction } from "./store";

export type NewGroup = Pick<GroupRecord, "title" | "bounds"> & Partial<Pick<GroupRecord, "color" | "fontSize">>;

export function addGroup(transaction: Transaction, graph: Key, group: NewGroup): GroupRecord {
  const id = newId(transaction, graph, "group");
  const added: GroupRecord = {
    kind: "group",
    key: groupKey(graph, id),
    graph,
    place: transaction.nextPlace(),
    id,
    title: group.title,
    bounds: group.bounds,
    color: group.color ?? null,
    fontSize: group.fontSize ?? null,
    pinned: false,
    source: BLANK_GROUP,
  };
  transaction.put(added);
  return added;
}

/** What can be changed of a group by naming its new value. */
export type GroupChange = Partial<Pick<GroupRecord, "title" | "bounds" | "color" | "fontSize" | "pinned">>;

export function editGroups(transaction: Transaction, keys: Iterable<Key>, change: GroupChange): void {
  for (const key of keys) transaction.put({ ...transaction.need(key, "group"), ...change });
}

export function removeGroups(transaction: Transaction, keys: Iterable<Key>): void {
  for (const key of keys) {
    transaction.need(key, "group");
    transaction.remove(key);
  }
}
