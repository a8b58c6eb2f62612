/**
 * Linking as a person does it: what may be linked and why not, and linking with all that comes of it. Every widget can
 * take a link: its socket is added to the file then, as are those of inputs that grow. What a reroute or a primitive is
 * linked to says what type it is of.
 */

import type { Catalog } from "../classes/catalog";
import { connect, disconnect, linksInto, moveLink } from "../document/edit-links";
import type { Key, LinkEnd, LinkRecord } from "../document/records";
import type { DocumentReader, Transaction } from "../document/store";
import { strings } from "../i18n/language";
import { closesCircle } from "./circle";
import { endAt, holdSocket, type End } from "./ends";
import { keepingValues } from "./keep-values";
import { compatible, sourceOf, takersOf } from "./flow";
import { adapt } from "./adapt";

/** Why two sockets cannot be linked. */
export interface Refusal {
  readonly kind: "gone" | "types" | "circle" | "same-node" | "already" | "no-widget";
  /** In words for a person. */
  readonly reason: string;
}

/** What speaks against linking the output `from` to the input `to`; null: nothing. */
export function mayConnect(
  document: DocumentReader,
  graph: Key,
  from: LinkEnd,
  to: LinkEnd,
  catalog: Catalog,
): Refusal | null {
  const source = sourceOf(document, catalog, graph, from);
  const target = endAt(document, catalog, graph, "inputs", to);
  const words = strings().classes.refusals;
  if (source === null || target === null) return { kind: "gone", reason: words.gone };
  if (sameNode(from, to)) return { kind: "same-node", reason: words.sameNode };
  const there = linksInto(document, graph, to).some(
    ({ origin }) => sameNode(origin, from) && origin.slot === from.slot,
  );
  if (there) return { kind: "already", reason: words.already };
  const refusal = refusalOf(source, takersOf(document, catalog, graph, to));
  if (refusal !== null) return refusal;
  return closesCircle(document, graph, from, to) ? { kind: "circle", reason: words.circle } : null;
}

function refusalOf(source: End, takers: readonly End[]): Refusal | null {
  const words = strings().classes.refusals;
  const refusing = takers.find(({ type }) => !compatible(source.type, type));
  if (refusing !== undefined) return { kind: "types", reason: words.types(source.type, refusing.type) };
  const bare = takers.some(({ face, socket }) => face !== null && socket?.widget === null);
  return source.face?.kind === "primitive" && bare ? { kind: "no-widget", reason: words.noWidget } : null;
}

const sameNode = (one: LinkEnd, other: LinkEnd): boolean => String(one.node) === String(other.node);

/** Link an output to an input, in the place of what fed that input. Throws RangeError where there is no such socket. */
export function link(transaction: Transaction, graph: Key, from: LinkEnd, to: LinkEnd, catalog: Catalog): LinkRecord {
  const { origin, target } = holdSockets(transaction, graph, from, to, catalog);
  const replaced = linksInto(transaction, graph, target).map((link) => link.origin);
  const { key } = keepingValues(transaction, catalog, graph, [target], () =>
    connect(transaction, graph, origin, target),
  );
  adapt(transaction, catalog, graph, [origin, target, ...replaced]);
  return transaction.need(key, "link");
}

/** Lead a link that there is to other ends; all else as `link`. */
export function relink(transaction: Transaction, key: Key, from: LinkEnd, to: LinkEnd, catalog: Catalog): void {
  const was = transaction.need(key, "link");
  const { origin, target } = holdSockets(transaction, was.graph, from, to, catalog);
  const replaced = linksInto(transaction, was.graph, target).map((link) => link.origin);
  keepingValues(transaction, catalog, was.graph, [was.target, target], () =>
    moveLink(transaction, key, origin, target),
  );
  adapt(transaction, catalog, was.graph, [origin, target, was.origin, was.target, ...replaced]);
}

/** Have the file hold the sockets at both ends. */
function holdSockets(
  transaction: Transaction,
  graph: Key,
  from: LinkEnd,
  to: LinkEnd,
  catalog: Catalog,
): { readonly origin: LinkEnd; readonly target: LinkEnd } {
  const source = endAt(transaction, catalog, graph, "outputs", from);
  const taker = endAt(transaction, catalog, graph, "inputs", to);
  if (source === null || taker === null) throw new RangeError("a link needs a socket at both its ends");
  const origin = holdSocket(transaction, catalog, graph, "outputs", from, taker);
  return { origin, target: holdSocket(transaction, catalog, graph, "inputs", to, source) };
}

/** Remove a link; what took its type from it forgets that. */
export function unlink(transaction: Transaction, key: Key, catalog: Catalog): void {
  const { graph, origin, target } = transaction.need(key, "link");
  keepingValues(transaction, catalog, graph, [target], () => {
    disconnect(transaction, key);
  });
  adapt(transaction, catalog, graph, [origin, target]);
}
