/** New ids, from the counters that files keep of the last ones. */

import { groupKey, linkKey, nodeKey, rerouteKey, type Counters, type Key } from "./records";
import type { Transaction } from "./store";

const KEY_OF = { node: nodeKey, link: linkKey, group: groupKey, reroute: rerouteKey };

/**
 * The next id in a graph. A counter that lags behind, as in files made by hand, is no harm: ids in use are passed over.
 */
export function newId(transaction: Transaction, graph: Key, kind: keyof Counters): number {
  const record = transaction.need(graph, "graph");
  let id = record.counters[kind] + 1;
  while (transaction.get(KEY_OF[kind](graph, id)) !== undefined) id += 1;
  transaction.put({ ...record, counters: { ...record.counters, [kind]: id } });
  return id;
}
