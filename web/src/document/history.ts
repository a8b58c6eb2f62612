/**
 * Undo and redo of a store's changes. Keeps their diffs, which share all records with the document, and nothing of the
 * document itself.
 */

import { compose, isEmpty, reverse } from "./diff";
import type { Change, DocumentStore } from "./store";

/** A point in the history to come back to. */
export interface Mark {
  /** How many changes lie behind it. */
  readonly depth: number;
  /** What could be done again there. */
  readonly future: readonly Change[];
}

export class History {
  private past: Change[] = [];
  private future: Change[] = [];
  /** How many changes lie behind the first of `past`, or were dropped there. */
  private dropped = 0;
  /** Whether a change that continues the last one joins it. */
  private open = false;
  private replaying = false;
  private readonly unsubscribe: () => void;

  /** More than `limit` changes are not kept: the oldest fall out. */
  constructor(
    private readonly store: DocumentStore,
    private readonly limit = 500,
  ) {
    this.unsubscribe = store.subscribe((change) => {
      if (!this.replaying) this.record(change);
    });
  }

  /** The label of what `undo` would take back; null where there is nothing. */
  get undoable(): string | null {
    return this.past.at(-1)?.label ?? null;
  }

  /** The label of what `redo` would do again; null where there is nothing. */
  get redoable(): string | null {
    return this.future.at(-1)?.label ?? null;
  }

  undo(): void {
    const change = this.past.pop();
    if (change === undefined) return;
    this.replay(change.label, reverse(change.diff));
    this.future.push(change);
  }

  redo(): void {
    const change = this.future.pop();
    if (change === undefined) return;
    this.replay(change.label, change.diff);
    this.past.push(change);
  }

  /** This point. It also ends what was continuing: typing after it is another entry. */
  mark(): Mark {
    this.open = false;
    return { depth: this.dropped + this.past.length, future: [...this.future] };
  }

  /** Make one entry of all that was done since `mark`, or none where that comes to nothing. */
  squash(mark: Mark, label: string): void {
    const [first, ...others] = this.since(mark);
    if (first === undefined) return;
    const diff = others.reduce((sum, change) => compose(sum, change.diff), first.diff);
    if (!isEmpty(diff)) this.past.push({ label, diff, continues: null });
    else this.future = [...mark.future];
    this.open = false;
  }

  /** Take back all that was done since `mark`, as if it had never been: what could be done again then can be now. */
  abandon(mark: Mark): void {
    for (const { label, diff } of this.since(mark).reverse()) this.replay(label, reverse(diff));
    this.future = [...mark.future];
  }

  /** Stop following the store. */
  close(): void {
    this.unsubscribe();
  }

  private record(change: Change): void {
    this.future = [];
    const last = this.past.at(-1);
    if (this.open && last !== undefined && change.continues !== null && change.continues === last.continues) {
      const diff = compose(last.diff, change.diff);
      if (isEmpty(diff)) this.past.pop();
      else this.past[this.past.length - 1] = { ...last, diff };
      return;
    }
    this.past.push(change);
    this.open = true;
    if (this.past.length > this.limit) {
      this.past.shift();
      this.dropped += 1;
    }
  }

  private since(mark: Mark): Change[] {
    return this.past.splice(Math.max(mark.depth - this.dropped, 0));
  }

  private replay(label: string, diff: Change["diff"]): void {
    this.open = false;
    this.replaying = true;
    try {
      this.store.apply(label, diff);
    } finally {
      this.replaying = false;
    }
  }
}
