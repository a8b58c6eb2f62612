/**
 * Removing nodes and links with all that comes of it, or so that what flowed through nodes flows on, as it does through
 * those that are bypassed.
 */

import type { Catalog } from "../classes/catalog";
import { faceOf } from "../classes/face";
import type { NodeFace, SocketFace } from "../classes/types";
import { linksInto } from "../document/edit-links";
import { removeNodes } from "../document/edit-nodes";
import type { Key, LinkEnd } from "../document/records";
import type { DocumentReader, Transaction } from "../document/store";
import { adapt } from "./adapt";
import { link, mayConnect } from "./connect";
import { keepingValues } from "./keep-values";
import { compatible, linksFrom } from "./flow";

/** Remove nodes with their links; what took its type from them forgets that. */
export function dropNodes(transaction: Transaction, keys: Iterable<Key>, catalog: Catalog): void {
  for (const key of keys) {
    const { graph, id } = transaction.need(key, "node");
    const ends = transaction.linksAt(graph, id).flatMap(({ origin, target }) => [origin, target]);
    keepingValues(transaction, catalog, graph, ends, () => {
      removeNodes(transaction, [key]);
    });
    adapt(transaction, catalog, graph, ends);
  }
}

/** Remove nodes, and join what fed each to what it fed where the types allow it. */
export function removeKeepingLinks(transaction: Transaction, keys: Iterable<Key>, catalog: Catalog): void {
  for (const key of keys) {
    const joined = joins(transaction, faceOf(transaction, key, catalog));
    const { graph } = transaction.need(key, "node");
    dropNodes(transaction, [key], catalog);
    for (const { from, to } of joined) {
      if (mayConnect(transaction, graph, from, to, catalog) === null) link(transaction, graph, from, to, catalog);
    }
  }
}

interface Join {
  readonly from: LinkEnd;
  readonly to: LinkEnd;
}

function joins(document: DocumentReader, face: NodeFace): Join[] {
  const { graph, id } = face.record;
  return linksFrom(document, graph, id).flatMap(({ origin, target }) => {
    const input = standsInFor(face, origin.slot);
    const [feeding] = input === undefined ? [] : linksInto(document, graph, { node: id, slot: input.slot });
    return feeding === undefined ? [] : [{ from: feeding.origin, to: target }];
  });
}

/**
 * The input that stands in for an output of a node that is passed by: the one at the same place if its type fits, else
 * the first of that very type, else the first that fits.
 */
function standsInFor({ inputs, outputs }: NodeFace, slot: number): SocketFace | undefined {
  const wanted = outputs[slot]?.type ?? "*";
  const fits = inputs.filter(({ type }) => compatible(type, wanted));
  return fits.find((input) => input.slot === slot) ?? fits.find(({ type }) => type === wanted) ?? fits[0];
}
