/**
 * What a document asks for that is not there: classes that nobody knows, files that are not among those the server has,
 * and values that it would refuse. It says where and what can be done, and changes nothing: the rest of the graph is
 * whole, and runs where it needs none of this. Graphs that no instance shows are passed over.
 */

import { linksInto } from "../document/edit-links";
import { toInteger, toNumber, type Json } from "../document/json";
import { MODE, ROOT, type Id, type Key, type NodeRecord } from "../document/records";
import type { DocumentReader } from "../document/store";
import type { Catalog } from "./catalog";
import { definitionOf, faceOf } from "./face";
import { baseName, knownFiles, modelCommand, type ModelFile } from "./model-files";
import { packOf, type Pack } from "./packs";
import { promotedWidgets } from "./promoted";
import type { ComboSpec, NodeFace, NumberSpec, WidgetFace } from "./types";

export interface Missing {
  readonly classes: readonly MissingClass[];
  readonly files: readonly MissingFile[];
  readonly values: readonly WrongValue[];
}

/** Where a node is: the instances that lead to it, from the root inwards. */
export interface NodePlace {
  readonly key: Key;
  readonly path: readonly { readonly node: Id; readonly graph: Key }[];
  readonly title: string;
  /** Muted and bypassed nodes do not run, nor do those inside of such: what they lack does no harm. */
  readonly runs: boolean;
}

export interface MissingClass {
  readonly id: string;
  /** Where it comes from, as far as the file says. */
  readonly pack: Pack;
  readonly nodes: readonly NodePlace[];
}

/** A model or a picture. */
export interface MissingFile {
  readonly name: string;
  /** Where the file says it can be had; null: it does not. */
  readonly source: ModelFile | null;
  /** What brings it, to be typed on the server's computer. */
  readonly command: string | null;
  /** Files of the same name elsewhere, which may be chosen instead. */
  readonly alike: readonly string[];
  /** Pictures are put there by whoever has them. */
  readonly upload: boolean;
  readonly uses: readonly WidgetPlace[];
}

export interface WidgetPlace extends NodePlace {
  /** The index in the face's widgets. */
  readonly widget: number;
  readonly label: string;
}

export interface WrongValue extends WidgetPlace {
  readonly value: Json;
  readonly problem:
    | { readonly kind: "not-an-option"; readonly options: readonly Json[] }
    | { readonly kind: "too-small" | "too-large"; readonly limit: Json }
    | { readonly kind: "no-number" };
}

export const NOTHING_MISSING: Missing = { classes: [], files: [], values: [] };

export function missingIn(document: DocumentReader, catalog: Catalog): Missing {
  if (catalog.state !== "known") return NOTHING_MISSING;
  const files = knownFiles(document);
  const classes = new Map<string, MissingClass & { nodes: NodePlace[] }>();
  const lacking = new Map<string, MissingFile & { uses: WidgetPlace[] }>();
  const values: WrongValue[] = [];
  for (const { face, place } of placesOf(document, catalog)) {
    if (face.kind === "missing" && !isDecoration(face.record)) {
      const { classId } = face.record;
      const entry = classes.get(classId) ?? { id: classId, pack: packOf(face.record), nodes: [] };
      entry.nodes.push(place);
      classes.set(classId, entry);
    }
    for (const [index, widget] of ownWidgets(document, face)) {
      const at = { ...place, widget: index, label: widget.label };
      for (const name of lackingFiles(widget)) {
        const entry = lacking.get(name) ?? { ...describe(name, widget.spec, files), uses: [] };
        entry.uses.push(at);
        lacking.set(name, entry);
      }
      const problem = problemOf(widget);
      if (problem !== null) values.push({ ...at, value: widget.value, problem });
    }
  }
  return { classes: [...classes.values()], files: [...lacking.values()], values };
}

// ---- where ----

interface Placed {
  readonly face: NodeFace;
  readonly place: NodePlace;
}

/** Every node that is shown somewhere, once. */
function placesOf(document: DocumentReader, catalog: Catalog): Placed[] {
  const placed: Placed[] = [];
  const entered = new Set<Key>();
  const visit = (graph: Key, path: NodePlace["path"], around: boolean): void => {
    if (entered.has(graph)) return;
    entered.add(graph);
    const [running, idle]: [(() => void)[], (() => void)[]] = [[], []];
    for (const node of document.members(graph, "node")) {
      const face = faceOf(document, node.key, catalog);
      const runs = around && node.mode !== MODE.muted && node.mode !== MODE.bypassed;
      placed.push({ face, place: { key: node.key, path, title: face.title, runs } });
      const definition = definitionOf(document, node);
      if (definition === undefined) continue;
      const enter = (): void => {
        visit(definition.key, [...path, { node: node.id, graph: definition.key }], runs);
      };
      (runs ? running : idle).push(enter);
    }
    // An instance that runs leads to what is inside before one that does not.
    for (const enter of [...running, ...idle]) enter();
  };
  visit(ROOT, [], true);
  return placed;
}

/** Labels and the like of packs: they take and give nothing, so nothing lacks where nobody knows them. */
const isDecoration = ({ inputs, outputs }: NodeRecord): boolean => inputs.length === 0 && outputs.length === 0;

/** The widgets whose values are this node's to give: no link does, and no node inside keeps them. */
function ownWidgets(document: DocumentReader, { record, widgets }: NodeFace): (readonly [number, WidgetFace])[] {
  const definition = definitionOf(document, record);
  const promoted = definition && promotedWidgets(document, record, definition);
  return [...widgets.entries()].filter(([index, { slot }]) => {
    if (promoted?.[index]?.input === null) return false;
    return slot === null || linksInto(document, record.graph, { node: record.id, slot }).length === 0;
  });
}

// ---- what ----

function lackingFiles({ spec, value }: WidgetFace): string[] {
  if (spec.kind !== "combo" || !spec.files) return [];
  const names = Array.isArray(value) ? (value as readonly Json[]) : [value];
  return names.filter((name) => typeof name === "string").filter((name) => name !== "" && !isThere(spec, name));
}

/** Of pictures in folders, or in others than the usual one, the options say nothing. */
function isThere({ options, upload }: ComboSpec, name: string): boolean {
  return options.includes(name) || (upload !== null && (name.includes("/") || / \[(input|output|temp)\]$/.test(name)));
}

function describe(
  name: string,
  spec: WidgetFace["spec"],
  files: ReadonlyMap<string, ModelFile>,
): Omit<MissingFile, "uses"> {
  const options = spec.kind === "combo" ? spec.options.filter((option) => typeof option === "string") : [];
  const source = files.get(baseName(name)) ?? null;
  return {
    name,
    source,
    command: source && modelCommand(source, name),
    alike: options.filter((option) => baseName(option) === baseName(name)),
    upload: spec.kind === "combo" && spec.upload !== null,
  };
}

function problemOf({ spec, value }: WidgetFace): WrongValue["problem"] | null {
  if (spec.kind === "number") return outOfRange(spec, value);
  if (spec.kind !== "combo" || spec.files || spec.options.length === 0) return null;
  const chosen = Array.isArray(value) ? (value as readonly Json[]) : [value];
  const wrong = chosen.some((one) => !spec.options.some((option) => isSame(option, one)));
  return wrong ? { kind: "not-an-option", options: spec.options } : null;
}

function outOfRange({ min, max }: NumberSpec, value: Json): WrongValue["problem"] | null {
  const given = typeof value === "string" ? readNumber(value) : value;
  if (toNumber(given) === undefined) return { kind: "no-number" };
  if (min !== null && isLess(given, min)) return { kind: "too-small", limit: min };
  return max !== null && isLess(max, given) ? { kind: "too-large", limit: max } : null;
}

/** The server reads numbers in quotes as well. */
const readNumber = (text: string): Json => (text.trim() === "" || Number.isNaN(Number(text)) ? text : Number(text));

function isLess(one: Json, other: Json): boolean {
  const [left, right] = [toInteger(one), toInteger(other)];
  if (left !== undefined && right !== undefined) return left < right;
  return (toNumber(one) ?? 0) < (toNumber(other) ?? 0);
}

function isSame(one: Json, other: Json): boolean {
  return one === other || (toNumber(one) !== undefined && toNumber(one) === toNumber(other));
}
