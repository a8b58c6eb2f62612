/**
 * What becomes of nodes that are of no type of their own when links come and go: reroutes take the type of what flows
 * through them, a PrimitiveNode becomes what the widget is that it feeds, and outputs follow the inputs they match.
 */

import type { Catalog } from "../classes/catalog";
import { UNLINKED_PRIMITIVE } from "../classes/editor-classes";
import { faceOf } from "../classes/face";
import { changes } from "../classes/primitive-face";
import type { NodeFace, WidgetFace } from "../classes/types";
import { linksInto } from "../document/edit-links";
import { nodeKey, type Id, type Key, type LinkEnd, type NodeRecord, type Socket } from "../document/records";
import type { Transaction } from "../document/store";
import { isBorder } from "./ends";
import { ANY, linksFrom, sourceOf, takersOf } from "./flow";

/** Have the nodes at these ends, and those behind them, say what flows through them now. */
export function adapt(transaction: Transaction, catalog: Catalog, graph: Key, ends: readonly LinkEnd[]): void {
  const met = new Set<string>();
  const visit = (node: Id): void => {
    const key = nodeKey(graph, node);
    if (met.has(String(node)) || transaction.get(key) === undefined) return;
    met.add(String(node));
    const before = transaction.need(key, "node");
    adaptNode(transaction, catalog, before);
    const after = transaction.need(key, "node");
    if (after === before) return;
    retypeLinks(transaction, after);
    for (const { origin, target } of transaction.linksAt(graph, node)) {
      visit(origin.node);
      visit(target.node);
    }
  };
  for (const end of ends) if (!isBorder(end)) visit(end.node);
}

function adaptNode(transaction: Transaction, catalog: Catalog, record: NodeRecord): void {
  const face = faceOf(transaction, record.key, catalog);
  if (face.kind === "reroute") setOutputs(transaction, record, () => rerouteType(transaction, catalog, record));
  else if (face.kind === "primitive") adaptPrimitive(transaction, record, face, catalog);
  else if (face.nodeClass?.outputs.some(({ follows }) => follows) === true) follow(transaction, catalog, face);
}

/** Of what flows in; before something does, of what it flows into. */
function rerouteType(transaction: Transaction, catalog: Catalog, { graph, id }: NodeRecord): string {
  const type = sourceOf(transaction, catalog, graph, { node: id, slot: 0 })?.type ?? ANY;
  return type === ANY ? (takersOf(transaction, catalog, graph, { node: id, slot: 0 })[0]?.type ?? ANY) : type;
}

/** Outputs that match inputs are of the type of what is linked there. */
function follow(transaction: Transaction, catalog: Catalog, { record, nodeClass }: NodeFace): void {
  const matching = new Set(nodeClass?.inputs.filter(({ matches }) => matches).map(({ name }) => name));
  const types = record.inputs.flatMap(({ name }, slot) => {
    const [feeding] = matching.has(name) ? linksInto(transaction, record.graph, { node: record.id, slot }) : [];
    return feeding === undefined ? [] : [sourceOf(transaction, catalog, record.graph, feeding.origin)?.type ?? ANY];
  });
  const flowing = types.find((type) => type !== ANY) ?? ANY;
  setOutputs(transaction, record, ({ type }, slot) => (nodeClass?.outputs[slot]?.follows === true ? flowing : type));
}

function setOutputs(
  transaction: Transaction,
  record: NodeRecord,
  typeOf: (socket: Socket, slot: number) => string,
): void {
  const outputs = record.outputs.map((socket, slot) => {
    const type = typeOf(socket, slot);
    return type === socket.type ? socket : { ...socket, type };
  });
  if (outputs.some((socket, slot) => socket !== record.outputs[slot])) transaction.put({ ...record, outputs });
}

function retypeLinks(transaction: Transaction, { graph, id, outputs }: NodeRecord): void {
  for (const link of linksFrom(transaction, graph, id)) {
    const type = outputs[link.origin.slot]?.type ?? ANY;
    if (type !== ANY && type !== "" && type !== link.type) transaction.put({ ...link, type });
  }
}

// ---- primitives ----

function adaptPrimitive(transaction: Transaction, record: NodeRecord, face: NodeFace, catalog: Catalog): void {
  const [output] = record.outputs;
  if (output === undefined) return;
  const [first] = linksFrom(transaction, record.graph, record.id);
  if (first === undefined) {
    const blank = { ...output, name: UNLINKED_PRIMITIVE, type: ANY, widget: null };
    transaction.put({ ...record, outputs: [blank], widgets: [] });
    return;
  }
  if (output.type !== ANY && output.type !== "") return;
  const [taker] = takersOf(transaction, catalog, record.graph, first.target);
  const widget = taker?.face?.widgets[taker.socket?.widget ?? -1];
  if (taker === undefined || widget === undefined) return;
  const outputs = [{ ...output, name: taker.type, type: taker.type, widget: widget.name }];
  transaction.put({ ...record, outputs, widgets: listedFor(widget, face.widgets[0]) });
}

/** The widget's own value, what becomes of it, and the filter that files have behind a choice. */
function listedFor({ spec, value, control }: WidgetFace, own: WidgetFace | undefined) {
  const kept = own?.value ?? value;
  if (!changes(spec)) return [kept];
  return [kept, control ?? "fixed", ...(spec.kind === "combo" ? [""] : [])];
}
