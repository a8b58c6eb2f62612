/**
 * Which types flow where: back through reroutes to what gives a value, on through them to all that take it.
 */

import type { Catalog } from "../classes/catalog";
import { linksInto } from "../document/edit-links";
import { type Id, type Key, type LinkEnd, type LinkRecord } from "../document/records";
import type { DocumentReader } from "../document/store";
import { endAt, type End } from "./ends";

/** Whether an output of one type may feed an input of the other: `*` is any, and `A,B` is A or B. */
export function compatible(produced: string, accepted: string): boolean {
  if (produced === accepted || produced === ANY || accepted === ANY) return true;
  const accepts = new Set(typesIn(accepted));
  return typesIn(produced).some((type) => accepts.has(type));
}

export const ANY = "*";

const typesIn = (type: string): string[] => type.split(",").map((name) => name.trim());

/** What really comes out of an output. */
export function sourceOf(document: DocumentReader, catalog: Catalog, graph: Key, from: LinkEnd): End | null {
  const passed = new Set<string>();
  let end = endAt(document, catalog, graph, "outputs", from);
  let at = from;
  while (end?.face?.kind === "reroute" && !passed.has(String(at.node))) {
    passed.add(String(at.node));
    const [feeding] = linksInto(document, graph, { node: at.node, slot: 0 });
    if (feeding === undefined) return { ...end, type: ANY };
    at = feeding.origin;
    end = endAt(document, catalog, graph, "outputs", at);
  }
  return end;
}

/** What really takes what flows into an input: several behind a reroute, or none. */
export function takersOf(document: DocumentReader, catalog: Catalog, graph: Key, to: LinkEnd): End[] {
  const passed = new Set<string>();
  const visit = (at: LinkEnd): End[] => {
    const end = endAt(document, catalog, graph, "inputs", at);
    if (end === null) return [];
    if (end.face?.kind !== "reroute") return [end];
    if (passed.has(String(at.node))) return [];
    passed.add(String(at.node));
    return linksFrom(document, graph, at.node).flatMap(({ target }) => visit(target));
  };
  return visit(to);
}

export function linksFrom(document: DocumentReader, graph: Key, node: Id): LinkRecord[] {
  return document
    .linksAt(graph, node)
    .filter(({ floating, origin }) => !floating && String(origin.node) === String(node));
}
