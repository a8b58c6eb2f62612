/** Puts a new node onto the canvas that is shown, linked where a link was let go, and selects it. */

import { layoutOf, NOTHING_SHOWN } from "../canvas/layout";
import { measure } from "../canvas/measure";
import type { Surface } from "../canvas/surface";
import type { Catalog } from "../classes/catalog";
import { faceOf } from "../classes/face";
import { chose } from "../commands/habits";
import { editNodes } from "../document/edit-nodes";
import type { Key, NodeRecord, Point } from "../document/records";
import type { Transaction } from "../document/store";
import { addFitting, fitOf, insertIntoLink } from "../editing/fitting";
import { addNodeOf } from "../editing/new-node";
import type { Editor } from "../editor/editor";
import type { DanglingLink } from "../editor/ui";
import { strings } from "../i18n/language";

/**
 * `at`: where its upper left corner is to be, with a link that was let go the socket that takes it, and of a node that is
 * put into the link `into` the middle. Null where nobody knows that class.
 */
export function addClass(
  surface: Surface,
  classId: string,
  at: Point,
  from: DanglingLink | null,
  into?: Key,
): Key | null {
  const { editor } = surface;
  const catalog = editor.catalog.getState();
  const nodeClass = catalog.classes.get(classId);
  if (!nodeClass) return null;
  const fit = from && fitOf(nodeClass, from);
  const corner = freeCorner(editor, at);
  const { key } = editor.document.store.transact(strings().commands.added, (transaction) => {
    if (into !== undefined) return addInto(transaction, catalog, classId, corner, into);
    if (!from || !fit) return addNodeOf(transaction, catalog, editor.graph, classId, corner, measure);
    const node = addFitting(transaction, catalog, editor.graph, fit, from, corner, measure);
    bringSocket(transaction, catalog, node, from, fit.name);
    return node;
  });
  chose("classes", classId);
  editor.select([key]);
  surface.focus(key);
  return key;
}

function addInto(transaction: Transaction, catalog: Catalog, classId: string, at: Point, into: Key): NodeRecord {
  const { graph } = transaction.need(into, "link");
  const { key, size } = addNodeOf(transaction, catalog, graph, classId, at, measure);
  const position = { x: Math.round(at.x - size.width / 2), y: Math.round(at.y - size.height / 2) };
  editNodes(transaction, [key], { position });
  insertIntoLink(transaction, key, into, catalog);
  return transaction.need(key, "node");
}

/** Not exactly upon another node: it would be hidden. */
function freeCorner({ document, graph }: Editor, at: Point): Point {
  const taken = document.store.members(graph, "node").map(({ position }) => position);
  const corner = { x: Math.round(at.x), y: Math.round(at.y) };
  while (taken.some(({ x, y }) => x === corner.x && y === corner.y)) {
    corner.x += BESIDE;
    corner.y += BESIDE;
  }
  return corner;
}

const BESIDE = 30;

/** Move a node so that its socket is where its corner was. */
function bringSocket(
  transaction: Transaction,
  catalog: Catalog,
  { key, position: { x, y } }: NodeRecord,
  { side }: DanglingLink,
  name: string,
): void {
  const face = faceOf(transaction, key, catalog);
  const layout = layoutOf(face, NOTHING_SHOWN);
  const [sockets, dots] = side === "outputs" ? [face.inputs, layout.inputs] : [face.outputs, layout.outputs];
  const dot = dots[sockets.findIndex((socket) => socket.name === name)];
  if (dot) editNodes(transaction, [key], { position: { x: x - dot.x, y: y - dot.y } });
}
