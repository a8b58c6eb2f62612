/**
 * A canvas file open for editing: its records, their history, and its text. Knows nothing of where the file lies or who
 * shows it.
 */

import { parseCanvas, readCanvas } from "./canvas-read";
import { writeCanvas } from "./canvas-write";
import { History } from "./history";
import { layoutOf, writeJson, type JsonObject } from "./json";
import { DocumentStore } from "./store";

export class CanvasDocument {
  readonly history: History;

  private constructor(
    readonly store: DocumentStore,
    private readonly opened: Opened,
  ) {
    this.history = new History(store);
  }

  /** Throws SyntaxError where `text` is not JSON and NotACanvasError where it is something else. */
  static open(text: string): CanvasDocument {
    const file = parseCanvas(text);
    return new CanvasDocument(new DocumentStore(readCanvas(file)), { text, file });
  }

  static empty(): CanvasDocument {
    return CanvasDocument.open(BLANK);
  }

  /**
   * The file as it is now, laid out as it was; without edits, to the letter. Later edits do not change what was given
   * out.
   */
  text(): string {
    const file = writeCanvas(this.store);
    return file === this.opened.file ? this.opened.text : writeJson(file, layoutOf(this.opened.text));
  }
}

interface Opened {
  readonly text: string;
  readonly file: JsonObject;
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
