/** Bringing nodes to the front: what stands later in a file is drawn above. */

import type { Key, NodeRecord } from "../../document/records";
import type { DocumentReader, Transaction } from "../../document/store";

/** In the order they have among themselves. Nothing is done where nothing else is above them. */
export function raise(transaction: Transaction, graph: Key, keys: ReadonlySet<Key>): void {
  for (const node of hidden(transaction, graph, keys)) transaction.put({ ...node, place: transaction.nextPlace() });
}

function hidden(document: DocumentReader, graph: Key, keys: ReadonlySet<Key>): NodeRecord[] {
  const nodes = document.members(graph, "node");
  const last = nodes.findLastIndex(({ key }) => !keys.has(key));
  const first = nodes.findIndex(({ key }) => keys.has(key));
  return first >= 0 && first < last ? nodes.filter(({ key }) => keys.has(key)) : [];
}
