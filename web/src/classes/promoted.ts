/**
 * Which widgets of the nodes inside an instance of a subgraph shows in its own name. A file says so in two ways. In newer
 * ones each input of the definition that feeds a widget is one, and the instance lists values of its own for them; in
 * older ones the instance names widgets inside, and those keep the values.
 */

import { asId } from "../document/fields";
import { isObject, toList, toText, type Json } from "../document/json";
import { nodeKey, SUBGRAPH_INPUT, type GraphRecord, type Key, type NodeRecord } from "../document/records";
import type { DocumentReader } from "../document/store";
import { indexOf } from "./face-parts";

export interface Promoted {
  /** The input of the definition that feeds it, and where the instance's list has its value; null: there is none. */
  readonly input: { readonly slot: number; readonly place: number } | null;
  /** The widget inside; null where a link ends nowhere. */
  readonly inner: InnerWidget | null;
}

export interface InnerWidget {
  readonly node: Key;
  readonly name: string;
}

/** In the order in which they are shown. */
export function promotedWidgets(document: DocumentReader, instance: NodeRecord, definition: GraphRecord): Promoted[] {
  const byInput = inputsOfWidgets(document, instance, definition);
  const shown: Promoted[] = [];
  for (const entry of toList(instance.properties.get("proxyWidgets"))) {
    const promoted = namedBy(entry, document, definition, byInput);
    if (promoted !== null && !shown.includes(promoted)) shown.push(promoted);
  }
  return [...shown, ...byInput.filter((promoted) => !shown.includes(promoted))];
}

/** Inputs of the definition that feed a widget, or are one by what the instance says. */
function inputsOfWidgets(document: DocumentReader, instance: NodeRecord, definition: GraphRecord): Promoted[] {
  const fed = new Map<number, InnerWidget>();
  for (const { floating, origin, target } of document.linksAt(definition.key, SUBGRAPH_INPUT)) {
    const key = nodeKey(definition.key, target.node);
    const node = floating || String(origin.node) !== String(SUBGRAPH_INPUT) ? undefined : document.get(key);
    const name = node?.kind === "node" ? node.inputs[target.slot]?.widget : undefined;
    if (name != null && !fed.has(origin.slot)) fed.set(origin.slot, { node: key, name });
  }
  const slots = definition.inputs.flatMap((_, slot) =>
    fed.has(slot) || hostSocket(instance, definition, slot)?.widget != null ? [slot] : [],
  );
  return slots.map((slot, place) => ({ input: { slot, place }, inner: fed.get(slot) ?? null }));
}

/** The instance's socket for an input of its definition: by name, else by number where there are as many. */
export function hostSocket(
  { inputs }: NodeRecord,
  definition: GraphRecord,
  slot: number,
): NodeRecord["inputs"][number] | undefined {
  const byName = inputs.find(({ name }) => name === definition.inputs[slot]?.name);
  return byName ?? (inputs.length === definition.inputs.length ? inputs[slot] : undefined);
}

/**
 * Which input of its definition a socket of an instance stands for; null: none. Behind the sockets that the file has come
 * those that it lacks.
 */
export function declaredSlot(instance: NodeRecord, definition: GraphRecord, slot: number): number | null {
  const hosts = definition.inputs.map((_, declared) => hostSocket(instance, definition, declared));
  const socket = instance.inputs[slot];
  if (socket !== undefined) return indexOf(hosts, (host) => host === socket);
  const lacking = hosts.flatMap((host, declared) => (host === undefined ? [declared] : []));
  return lacking[slot - instance.inputs.length] ?? null;
}

/** `[node, widget]`, where the node -1 stands for the instance's own inputs. */
function namedBy(
  entry: Json,
  document: DocumentReader,
  definition: GraphRecord,
  byInput: readonly Promoted[],
): Promoted | null {
  const [node, widget] = toList(entry);
  const [id, name] = [asId(node), toText(widget)];
  if (id === null || name === "" || isNoWidget(name)) return null;
  if (String(id) === "-1") {
    return byInput.find(({ input }) => input !== null && definition.inputs[input.slot]?.name === name) ?? null;
  }
  const key = nodeKey(definition.key, id);
  const fed = byInput.find(({ inner }) => inner?.node === key && inner.name === name);
  if (fed !== undefined) return fed;
  return document.get(key)?.kind === "node" ? { input: null, inner: { node: key, name } } : null;
}

/** Previews, and what becomes of a seed: that is shown with the seed. */
const isNoWidget = (name: string): boolean => name.startsWith("$$") || name === "control_after_generate";

/** What the instance itself says of a promoted widget; null: what is inside counts. */
export function ownValue({ widgets, namedWidgets }: NodeRecord, definition: GraphRecord, { input }: Promoted): Json {
  if (input === null) return null;
  const listed = widgets !== null && !isObject(widgets) ? widgets : [];
  if (listed.length > 0) return listed[input.place] ?? null;
  const named = widgets !== null && isObject(widgets) ? widgets : namedWidgets;
  return named?.get(definition.inputs[input.slot]?.name ?? "") ?? null;
}
