/** Making a PrimitiveNode of a widget, so that one value can feed several. */

import type { Catalog } from "../classes/catalog";
import { PRIMITIVE } from "../classes/editor-classes";
import { faceOf } from "../classes/face";
import { editNodes } from "../document/edit-nodes";
import type { Key, NodeRecord, Point } from "../document/records";
import type { Transaction } from "../document/store";
import { link } from "./connect";
import { addNodeOf, type Measure } from "./new-node";

/** Add one beside the node, with the widget's value, its control and its name, that feeds the widget. */
export function primitiveFor(
  transaction: Transaction,
  key: Key,
  index: number,
  catalog: Catalog,
  position: Point,
  measure: Measure,
): NodeRecord {
  const face = faceOf(transaction, key, catalog);
  const widget = face.widgets[index];
  const input = face.inputs.find((socket) => socket.widget === index);
  const { graph, id } = face.record;
  if (widget === undefined || input === undefined) throw new RangeError(`widget ${index} of node ${id} takes no link`);
  const added = addNodeOf(transaction, catalog, graph, PRIMITIVE, position, measure);
  link(transaction, graph, { node: added.id, slot: 0 }, { node: id, slot: input.slot }, catalog);
  const size = measure(faceOf(transaction, added.key, catalog));
  editNodes(transaction, [added.key], { title: widget.label, size });
  return transaction.need(added.key, "node");
}
