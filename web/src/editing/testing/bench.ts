/** For tests: a document with nodes that are added and linked by what their sockets are called. */

import type { Catalog } from "../../classes/catalog";
import { faceOf } from "../../classes/face";
import { BASIC } from "../../classes/testing/catalogs";
import type { NodeFace } from "../../classes/types";
import { CanvasDocument } from "../../document/document";
import type { Side } from "../../document/edit-sockets";
import { ROOT, type Key, type LinkEnd, type LinkRecord, type NodeRecord } from "../../document/records";
import type { Transaction } from "../../document/store";
import { link } from "../connect";
import { addNodeOf } from "../new-node";

export class Bench {
  constructor(
    readonly document = CanvasDocument.empty(),
    readonly catalog: Catalog = BASIC,
  ) {}

  get store() {
    return this.document.store;
  }

  edit<T>(change: (transaction: Transaction) => T): T {
    return this.store.transact("edit", change);
  }

  add(classId: string, graph: Key = ROOT): NodeRecord {
    return this.edit((transaction) => addNodeOf(transaction, this.catalog, graph, classId, { x: 0, y: 0 }, () => SIZE));
  }

  face({ key }: NodeRecord): NodeFace {
    return faceOf(this.store, key, this.catalog);
  }

  node({ key }: NodeRecord): NodeRecord {
    return this.store.need(key, "node");
  }

  end(node: NodeRecord, side: Side, name: string): LinkEnd {
    const socket = this.face(node)[side].find((socket) => socket.name === name);
    if (socket === undefined) throw new RangeError(`${node.classId} has no ${name} among its ${side}`);
    return { node: node.id, slot: socket.slot };
  }

  link(from: NodeRecord, output: string, to: NodeRecord, input: string): LinkRecord {
    const [origin, target] = [this.end(from, "outputs", output), this.end(to, "inputs", input)];
    return this.edit((transaction) => link(transaction, ROOT, origin, target, this.catalog));
  }

  /** `origin.slot>target.slot type` of every link. */
  links(): string[] {
    return this.store
      .members(ROOT, "link")
      .map(({ origin, target, type }) => `${origin.node}.${origin.slot}>${target.node}.${target.slot} ${type}`);
  }

  value(node: NodeRecord, widget: string) {
    return this.face(node).widgets.find(({ name }) => name === widget)?.value;
  }
}

const SIZE = { width: 200, height: 100 };
