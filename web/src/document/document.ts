/**
 * A canvas file open for editing: its records, their history, and its text. Knows nothing of where the file lies or who
 * shows it.
 */

import { isCanvas, readCanvas } from "./canvas-read";
import { writeCanvas } from "./canvas-write";
import { History } from "./history";
import { layoutOf, parseJson, writeJson, type Layout } from "./json";
import { DocumentStore } from "./store";

/** JSON, but no canvas. */
export class NotACanvasError extends Error {}

export class CanvasDocument {
  readonly history: History;

  private constructor(
    readonly store: DocumentStore,
    private readonly layout: Layout,
  ) {
    this.history = new History(store);
  }

  /** Throws SyntaxError where `text` is not JSON and NotACanvasError where it is something else. */
  static open(text: string): CanvasDocument {
    const file = parseJson(text);
    if (!isCanvas(file)) throw new NotACanvasError("a canvas is an object with a list of nodes");
    return new CanvasDocument(new DocumentStore(readCanvas(file)), layoutOf(text));
  }

  static empty(): CanvasDocument {
    return CanvasDocument.open(BLANK);
  }

  /** The file as it is now, laid out as it was. Later edits do not change what was written. */
  text(): string {
    return writeJson(writeCanvas(this.store), this.layout);
  }
}

const BLANK = `{
  "revision": 0,
  "last_node_id": 0,
  "last_link_id": 0,
  "nodes": [],
  "links": [],
  "groups": [],
  "config": {},
  "extra": {},
  "version": 0.4
}`;
