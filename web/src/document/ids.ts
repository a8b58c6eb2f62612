/** New ids, from the counters that files keep of the last ones. */

import { groupKey, linkKey, nodeKey, rerouteKey, type Counters, type Key } from "./records";
import type { Transaction } from "./store";

const KEY_OF = { node: nodeKey, link: linkKey, group: groupKey, reroute: rerouteKey };

/**
 * The next id in a graph. A counter that lags behind, as in files made by hand, is no harm: ids in use are passed over.
 * Nor is one that cannot be counted on from: then it is as if there were none.
 */
export function newId(transaction: Transaction, graph: Key, kind: keyof Counters): number {
  const record = transaction.need(graph, "graph");
  const last = record.counters[kind];
  let id = Number.isSafeInteger(last) && last >= 0 ? last + 1 : 1;
  while (transaction.get(KEY_OF[kind](graph, id)) !== undefined) id += 1;
  transaction.put({ ...record, counters: { ...record.counters, [kind]: id } });
  return id;
}
