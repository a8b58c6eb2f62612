/** Finds the nodes and groups of a document, those inside of subgraphs too, by what they are called and what they hold. */

import type { Catalog } from "../classes/catalog";
import { definitionOf, faceOf } from "../classes/face";
import { ExactNumber, isList, isObject, type Json } from "../document/json";
import { ROOT, type Key } from "../document/records";
import type { DocumentReader } from "../document/store";
import type { Entered } from "../editor/editor";

export interface Place {
  /** Through which subgraphs it is reached. */
  readonly path: readonly Entered[];
  readonly key: Key;
  /** Of a node: its number, or name, in its graph. */
  readonly id: string;
  readonly title: string;
  /** What kind of node it is; null for groups. */
  readonly classTitle: string | null;
  /** The titles of the subgraphs it lies in, outermost first. */
  readonly within: readonly string[];
  /** What it holds, by name. */
  readonly values: readonly (readonly [name: string, value: string])[];
}

export interface Hit {
  readonly place: Place;
  /** The value that was found, where it was neither title nor class. */
  readonly value: readonly [name: string, value: string] | null;
}

/** Everything that can be found, in the file's order; what lies in a subgraph comes behind each of its instances. */
export function placesOf(document: DocumentReader, catalog: Catalog): Place[] {
  return placesIn(document, catalog, ROOT, [], []);
}

function placesIn(
  document: DocumentReader,
  catalog: Catalog,
  graph: Key,
  path: readonly Entered[],
  within: readonly string[],
): Place[] {
  const nodes = document.members(graph, "node").flatMap((node): Place[] => {
    const { title, widgets, nodeClass } = faceOf(document, node.key, catalog);
    const values = widgets.map(({ label, value }) => [label, textOf(value)] as const);
    const classTitle = nodeClass?.title ?? node.classId;
    const definition = definitionOf(document, node);
    const place: Place = {
      ...{ path, key: node.key, id: String(node.id), title, within, values },
      classTitle: definition ? null : classTitle,
    };
    // A subgraph that holds itself is a damaged file; it is looked into once.
    if (!definition || definition.key === graph || path.some((entered) => entered.graph === definition.key)) {
      return [place];
    }
    const inside = [...path, { node: node.id, graph: definition.key }];
    return [place, ...placesIn(document, catalog, definition.key, inside, [...within, title])];
  });
  const groups = document.members(graph, "group").map((group): Place => {
    return { path, key: group.key, id: "", title: group.title, classTitle: null, within, values: [] };
  });
  return [...nodes, ...groups];
}

/** Those that hold every word of `query`, or have that id; the ones called so before the ones that only hold it. */
export function hitsFor(places: readonly Place[], query: string): Hit[] {
  const asked = query.trim().toLowerCase();
  if (asked === "") return [];
  const words = asked.split(/\s+/);
  const ranked = places.flatMap((place): { hit: Hit; rank: number }[] => {
    const named = [place.title, place.classTitle ?? ""].join(" ").toLowerCase();
    if (place.id !== "" && asked.replace(/^#/, "") === place.id.toLowerCase())
      return [{ hit: { place, value: null }, rank: 0 }];
    if (words.every((word) => named.includes(word))) return [{ hit: { place, value: null }, rank: 1 }];
    const value = place.values.find(([name, text]) => {
      // Its name helps to ask for one value: `seed 42`.
      const held = `${name} ${text}`.toLowerCase();
      return words.every((word) => held.includes(word));
    });
    if (value) return [{ hit: { place, value }, rank: 2 }];
    const all = [named, ...place.values.map(([, text]) => text.toLowerCase())].join(" ");
    return words.every((word) => all.includes(word)) ? [{ hit: { place, value: null }, rank: 3 }] : [];
  });
  return ranked.toSorted((one, other) => one.rank - other.rank).map(({ hit }) => hit);
}

function textOf(value: Json): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (value instanceof ExactNumber) return value.text;
  if (isList(value)) return value.map(textOf).join(", ");
  if (isObject(value)) return [...value.values()].map(textOf).join(", ");
  return "";
}
