/**
 * The records of one document, the only way to change them, and who is told. Knows neither files nor what the edits
 * mean.
 *
 * Records live in one map that is changed in place, while each record is a value of its own. So an edit costs what it
 * touches: moving one node of a thousand makes one record and a diff of one entry, copies no list and walks none, and
 * who shows another node sees the same object as before. That is also why nobody keeps the map: who needs to know what
 * changed gets the diff.
 */

import { diffOf, isEmpty, steps, type Diff } from "./diff";
import { ROOT, type DocumentRecord, type GraphRecord, type Id, type Key, type Kind, type RecordOf } from "./records";
import { Topology } from "./topology";

export type DocumentDiff = Diff<DocumentRecord>;

export interface Change {
  /** What was done, for a person: a key of the page's strings or the words themselves. */
  readonly label: string;
  readonly diff: DocumentDiff;
  /** Changes one after another with the same value are one edit, such as a drag. */
  readonly continues: string | null;
}

/** What can be asked of a document, in an edit and outside. */
export interface DocumentReader {
  get(key: Key): DocumentRecord | undefined;
  /** The record of that kind; throws RangeError where there is none. */
  need<K extends Kind>(key: Key, kind: K): RecordOf<K>;
  root(): GraphRecord;
  /** The records of one kind in a graph, in the file's order. */
  members<K extends Kind>(graph: Key | null, kind: K): RecordOf<K>[];
  /** The links that begin or end at a node, in the file's order. */
  linksAt(graph: Key, node: Id): RecordOf<"link">[];
}

/** A document while it is being edited. */
export interface Transaction extends DocumentReader {
  /** Add the record, or put it in the place of the one with its key. */
  put(record: DocumentRecord): void;
  remove(key: Key): void;
  /** A place behind every record there is. */
  nextPlace(): number;
}

export class DocumentStore implements DocumentReader {
  private readonly records = new Map<Key, DocumentRecord>();
  private readonly topology = new Topology();
  private readonly listeners = new Set<(change: Change) => void>();
  private readonly transaction: Transaction;
  /** What the records that the running transactions touched were before, outermost first. */
  private readonly before: Map<Key, DocumentRecord | undefined>[] = [];
  private telling = false;
  private behind = 0;

  constructor(records: Iterable<DocumentRecord>) {
    for (const record of records) this.set(record.key, record);
    this.transaction = {
      get: (key) => this.get(key),
      need: (key, kind) => this.need(key, kind),
      root: () => this.root(),
      members: (graph, kind) => this.members(graph, kind),
      linksAt: (graph, node) => this.linksAt(graph, node),
      nextPlace: () => this.behind,
      put: (record) => {
        this.change(record.key, record);
      },
      remove: (key) => {
        this.change(key, undefined);
      },
    };
  }

  get(key: Key): DocumentRecord | undefined {
    return this.records.get(key);
  }

  need<K extends Kind>(key: Key, kind: K): RecordOf<K> {
    const record = this.records.get(key);
    if (record?.kind !== kind) throw new RangeError(`the document has no ${kind} ${key}`);
    return record as RecordOf<K>;
  }

  root(): GraphRecord {
    return this.need(ROOT, "graph");
  }

  members<K extends Kind>(graph: Key | null, kind: K): RecordOf<K>[] {
    return this.inOrder(this.topology.membersOf(graph, kind), kind);
  }

  linksAt(graph: Key, node: Id): RecordOf<"link">[] {
    return this.inOrder(this.topology.linksAt(graph, node), "link");
  }

  /** All records, in no order that means anything. */
  all(): Iterable<DocumentRecord> {
    return this.records.values();
  }

  /**
   * Do an edit as one change. In another's edit it becomes part of that one. Where `edit` throws, all that it did is
   * taken back; where a surrounding edit catches that, it goes on without. Not to be called by who is just being told
   * of a change.
   */
  transact<T>(label: string, edit: (transaction: Transaction) => T, { continues = null as string | null } = {}): T {
    if (this.telling) throw new Error("a document may not be changed by who is being told of a change");
    const before = new Map<Key, DocumentRecord | undefined>();
    this.before.push(before);
    let result: T;
    try {
      result = edit(this.transaction);
    } catch (error) {
      for (const [key, record] of before) this.set(key, record);
      throw error;
    } finally {
      this.before.pop();
    }
    const outer = this.before.at(-1);
    if (outer === undefined) this.tell({ label, diff: this.since(before), continues });
    else for (const [key, record] of before) if (!outer.has(key)) outer.set(key, record);
    return result;
  }

  /** Make a change that is given as data. */
  apply(label: string, diff: DocumentDiff): void {
    this.transact(label, () => {
      for (const [key, , to] of steps(diff)) this.change(key, to);
    });
  }

  /** Have `listener` told of every change, after it was made; returns how to end that. */
  subscribe(listener: (change: Change) => void): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  private inOrder<K extends Kind>(keys: ReadonlySet<Key>, kind: K): RecordOf<K>[] {
    return Array.from(keys, (key) => this.need(key, kind)).sort((one, other) => one.place - other.place);
  }

  private change(key: Key, record: DocumentRecord | undefined): void {
    const before = this.before.at(-1);
    if (before === undefined) throw new Error("a document is changed in a transaction only");
    if (!before.has(key)) before.set(key, this.records.get(key));
    this.set(key, record);
  }

  private set(key: Key, record: DocumentRecord | undefined): void {
    this.topology.follow(this.records.get(key), record);
    if (record === undefined) this.records.delete(key);
    else this.records.set(key, record);
    if (record !== undefined && record.place >= this.behind) this.behind = Math.floor(record.place) + 1;
  }

  private since(before: ReadonlyMap<Key, DocumentRecord | undefined>): DocumentDiff {
    return diffOf(Array.from(before, ([key, from]) => [key, from, this.records.get(key)]));
  }

  private tell(change: Change): void {
    if (isEmpty(change.diff)) return;
    this.telling = true;
    try {
      for (const listener of this.listeners) listener(change);
    } finally {
      this.telling = false;
    }
  }
}
