/**
 * What seeds, and whatever else says so, become after a run was asked for: they stay, count, or change by chance. This is
 * an edit as any other, so undoing it brings the seed back that the last picture was made with; one after another they
 * are undone at once.
 */

import type { Catalog } from "../classes/catalog";
import { definitionOf, faceOf } from "../classes/face";
import { ownValue, promotedWidgets } from "../classes/promoted";
import type { ComboSpec, NodeFace, NumberSpec, WidgetFace } from "../classes/types";
import type { CanvasDocument } from "../document/document";
import { graphsOf } from "../document/definitions";
import { linksInto } from "../document/edit-links";
import { fromInteger, toInteger, toNumber, type Json } from "../document/json";
import { MODE, ROOT, type Key } from "../document/records";
import type { DocumentReader } from "../document/store";
import { innerIndex, setValue } from "./widgets";

/** A whole number by chance, from 0 and below the bound. */
export type Chance = (below: bigint) => bigint;

/** What such a change continues, by which it is told from other edits. */
export const ADVANCE = "advance";

/** The workflow as it is to be queued the next time. */
export function advance(document: CanvasDocument, catalog: Catalog, label: string, chance: Chance = byChance): void {
  document.store.transact(
    label,
    (transaction) => {
      for (const { key, index, value } of changes(transaction, catalog, chance)) {
        setValue(transaction, key, index, value, catalog);
      }
    },
    { continues: ADVANCE },
  );
}

interface ValueChange {
  readonly key: Key;
  readonly index: number;
  readonly value: Json;
}

/** Each value once, however many instances of a subgraph show it. Nodes that do not run keep theirs. */
function changes(document: DocumentReader, catalog: Catalog, chance: Chance): ValueChange[] {
  const found = new Map<string, ValueChange>();
  for (const graph of graphsOf(document, ROOT)) {
    for (const node of document.members(graph, "node")) {
      if (node.mode === MODE.muted || node.mode === MODE.bypassed) continue;
      const face = faceOf(document, node.key, catalog);
      face.widgets.forEach((widget, index) => {
        if (widget.control === null || widget.control === "fixed" || isFed(document, face, widget)) return;
        const value = nextValue(widget, chance);
        const place = value === null ? null : placeOf(document, catalog, face, index);
        if (value !== null && place !== null) found.set(`${place.key} ${place.index}`, { ...place, value });
      });
    }
  }
  return [...found.values()];
}

/** Whether a link gives the value. */
function isFed(document: DocumentReader, { record }: NodeFace, { slot }: WidgetFace): boolean {
  return slot !== null && linksInto(document, record.graph, { node: record.id, slot }).length > 0;
}

/** Whose widget keeps the value now: of what an instance of a subgraph shows, unless it has its own, that inside. */
function placeOf(
  document: DocumentReader,
  catalog: Catalog,
  { record, widgets }: NodeFace,
  index: number,
): { key: Key; index: number } | null {
  const definition = definitionOf(document, record);
  const promoted = definition && promotedWidgets(document, record, definition)[index];
  const { inner } = widgets[index] ?? {};
  if (definition === undefined || promoted === undefined || inner === undefined) return { key: record.key, index };
  if (ownValue(record, definition, promoted) !== null) return { key: record.key, index };
  const inside = innerIndex(document, inner, catalog);
  return inside === null ? null : placeOf(document, catalog, faceOf(document, inner.node, catalog), inside);
}

// ---- the next value ----

/** Null: it stays. */
export function nextValue({ spec, value, control }: WidgetFace, chance: Chance = byChance): Json {
  const by = control === "increment" ? 1 : control === "decrement" ? -1 : 0;
  if (spec.kind === "combo") return nextOption(spec, value, by, chance);
  if (spec.kind !== "number") return null;
  return spec.integer ? nextInteger(spec, value, by, chance) : nextDecimal(spec, value, by, chance);
}

/** Choices walk along their options and stop at the ends. */
function nextOption({ options }: ComboSpec, value: Json, by: number, chance: Chance): Json {
  if (options.length === 0) return null;
  const at = Math.max(options.indexOf(value), 0) + by;
  const next = by === 0 ? Number(chance(BigInt(options.length))) : Math.min(Math.max(at, 0), options.length - 1);
  return options[next] ?? null;
}

/** By chance no more than every program reads exactly, though seeds may be larger. */
const LARGEST = BigInt(Number.MAX_SAFE_INTEGER);

function nextInteger({ min, max, step }: NumberSpec, value: Json, by: number, chance: Chance): Json {
  const [lowest, highest] = [toInteger(min), toInteger(max)];
  const stride = BigInt(Math.max(Math.round(step), 1));
  if (by !== 0) {
    const next = (toInteger(value) ?? 0n) + stride * BigInt(by);
    return fromInteger(clamp(next, lowest, highest));
  }
  const from = lowest ?? 0n;
  const to = highest === undefined || highest > LARGEST ? (from > LARGEST ? from : LARGEST) : highest;
  return to < from ? null : fromInteger(from + chance((to - from) / stride + 1n) * stride);
}

function clamp(value: bigint, lowest: bigint | undefined, highest: bigint | undefined): bigint {
  if (lowest !== undefined && value < lowest) return lowest;
  return highest !== undefined && value > highest ? highest : value;
}

function nextDecimal({ min, max, step }: NumberSpec, value: Json, by: number, chance: Chance): Json {
  const [lowest, highest] = [toNumber(min) ?? -Infinity, toNumber(max) ?? Infinity];
  if (by !== 0) return decimal(Math.min(Math.max((toNumber(value) ?? 0) + by * step, lowest), highest));
  const from = Number.isFinite(lowest) ? lowest : 0;
  const to = Number.isFinite(highest) ? highest : from + 1;
  const steps = BigInt(Math.max(Math.floor((to - from) / step), 0));
  return decimal(from + Number(chance(steps + 1n)) * step);
}

/** Without the crumbs of counting in binary. */
const decimal = (value: number): number => Number(value.toPrecision(12));

function byChance(below: bigint): bigint {
  const [drawn = 0n] = crypto.getRandomValues(new BigUint64Array(1));
  return drawn % below;
}
