/**
 * A canvas file open for editing: its records, their history, and its text. Knows nothing of where the file lies or who
 * shows it.
 */

import { parseCanvas, readCanvas } from "./canvas-read";
import { writeCanvas, type WrittenNodes } from "./canvas-write";
import { History } from "./history";
import { layoutOf, writeJson, type JsonObject, type Layout, type Written } from "./json";
import { DocumentStore } from "./store";

export class CanvasDocument {
  readonly history: History;
  private layout: Layout | null = null;
  /** What was written the last time: of what has not changed since, drafts cost no more than putting it together. */
  private readonly nodes: WrittenNodes = new WeakMap();
  private readonly texts: Written = new WeakMap();

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
    const file = writeCanvas(this.store, this.nodes);
    if (file === this.opened.file) return this.opened.text;
    this.layout ??= layoutOf(this.opened.text);
    return writeJson(file, this.layout, this.texts);
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
