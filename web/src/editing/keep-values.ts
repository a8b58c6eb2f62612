/**
 * Edits of links that leave every widget what it says. Files list values by place, and which widgets have a place may
 * hang on links: a socket that is linked and not marked as a widget's has none, and an instance of a subgraph has one for
 * each input that feeds a widget inside. Where the places have moved the list is written anew.
 */

import type { Catalog } from "../classes/catalog";
import { definitionOf } from "../classes/face";
import { ownValue, promotedWidgets } from "../classes/promoted";
import { relist, widgetValues, type WidgetValue } from "../classes/widget-values";
import { graphsOf } from "../document/definitions";
import { linksInto } from "../document/edit-links";
import { isList, type Json } from "../document/json";
import { nodeKey, ROOT, type Key, type LinkEnd, type NodeRecord } from "../document/records";
import type { DocumentReader, Transaction } from "../document/store";
import { listOf } from "./new-node";

/** Do an edit of links that come or came to `ends` in a graph. */
export function keepingValues<T>(
  transaction: Transaction,
  catalog: Catalog,
  graph: Key,
  ends: readonly LinkEnd[],
  edit: () => T,
): T {
  const nodes = new Set(ends.map(({ node }) => nodeKey(graph, node)));
  const plain = Array.from(nodes, (key) => [key, valuesOf(transaction, key, catalog)] as const);
  const instances = instancesOf(transaction, graph).map((key) => [key, placesOf(transaction, key)] as const);
  const result = edit();
  for (const [key, before] of plain) keepOwn(transaction, key, before, valuesOf(transaction, key, catalog));
  for (const [key, before] of instances) keepPromoted(transaction, key, before, placesOf(transaction, key));
  return result;
}

/** A node's list, where it has one. */
function listedBy(document: DocumentReader, key: Key): NodeRecord | null {
  const node = document.get(key);
  return node?.kind === "node" && isList(node.widgets) && node.widgets.length > 0 ? node : null;
}

// ---- a node's own widgets ----

function valuesOf(document: DocumentReader, key: Key, { classes }: Catalog): readonly WidgetValue[] {
  const node = listedBy(document, key);
  const nodeClass = node && classes.get(node.classId);
  if (!nodeClass || definitionOf(document, node) !== undefined) return [];
  const { graph, id } = node;
  return widgetValues(node, nodeClass, (slot) => linksInto(document, graph, { node: id, slot }).length > 0).widgets;
}

function keepOwn(
  transaction: Transaction,
  key: Key,
  before: readonly WidgetValue[],
  after: readonly WidgetValue[],
): void {
  const node = listedBy(transaction, key);
  const names = (widgets: readonly WidgetValue[]): string => JSON.stringify(widgets.map(({ input }) => input.name));
  if (node === null || names(before) === names(after)) return;
  const kept = new Map(before.map((widget) => [widget.input.name, widget]));
  const dealt = relist({ widgets: after }, ({ input, spec }) => {
    const was = kept.get(input.name);
    return { value: was?.value ?? spec.default, control: was?.control ?? undefined };
  });
  transaction.put({ ...node, widgets: listOf(dealt) });
}

// ---- widgets that a subgraph's instance shows ----

/** What an instance says of each input of its definition that has a place in its list, in their order. */
type Places = ReadonlyMap<number, Json>;

function instancesOf(document: DocumentReader, definition: Key): Key[] {
  if (definition === ROOT) return [];
  const nodes = graphsOf(document, ROOT).flatMap((graph) => document.members(graph, "node"));
  return nodes.filter((node) => definitionOf(document, node)?.key === definition).map(({ key }) => key);
}

function placesOf(document: DocumentReader, key: Key): Places {
  const instance = listedBy(document, key);
  const definition = instance && definitionOf(document, instance);
  if (!definition) return new Map();
  const places: [place: number, slot: number, value: Json][] = [];
  for (const promoted of promotedWidgets(document, instance, definition)) {
    const { input } = promoted;
    if (input !== null) places.push([input.place, input.slot, ownValue(instance, definition, promoted)]);
  }
  return new Map(places.sort(([one], [other]) => one - other).map(([, slot, value]) => [slot, value]));
}

function keepPromoted(transaction: Transaction, key: Key, before: Places, after: Places): void {
  const instance = listedBy(transaction, key);
  const [were, are] = [[...before.keys()], [...after.keys()]];
  const stand = were.every((slot, place) => slot === are[place]);
  if (instance === null || (stand && were.length === are.length)) return;
  transaction.put({ ...instance, widgets: are.map((slot) => before.get(slot) ?? null) });
}
