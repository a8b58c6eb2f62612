/**
 * A change as data. Applying, reversing and composing it need no knowledge of what the records are, only that another
 * object is another value.
 */

export interface Diff<R> {
  readonly added: ReadonlyMap<string, R>;
  readonly updated: ReadonlyMap<string, readonly [from: R, to: R]>;
  readonly removed: ReadonlyMap<string, R>;
}

/** One record before and after; undefined where there is none. */
export type Step<R> = readonly [key: string, from: R | undefined, to: R | undefined];

export function isEmpty(diff: Diff<unknown>): boolean {
  return diff.added.size + diff.updated.size + diff.removed.size === 0;
}

export function reverse<R>({ added, updated, removed }: Diff<R>): Diff<R> {
  return {
    added: removed,
    updated: new Map(Array.from(updated, ([key, [from, to]]) => [key, [to, from]])),
    removed: added,
  };
}

/** The change that `first` and then `second` make together; what they do and undo is not in it. */
export function compose<R>(first: Diff<R>, second: Diff<R>): Diff<R> {
  const origins = new Map<string, R | undefined>();
  const results = new Map<string, R | undefined>();
  for (const diff of [first, second]) {
    for (const [key, from, to] of steps(diff)) {
      if (!origins.has(key)) origins.set(key, from);
      results.set(key, to);
    }
  }
  return diffOf(Array.from(origins, ([key, from]) => [key, from, results.get(key)]));
}

/** The change that leads each record of `steps` from one state to the other; those that stay the same are left out. */
export function diffOf<R>(steps: Iterable<Step<R>>): Diff<R> {
  const added = new Map<string, R>();
  const updated = new Map<string, readonly [R, R]>();
  const removed = new Map<string, R>();
  for (const [key, from, to] of steps) {
    if (from === to) continue;
    if (from === undefined) added.set(key, to as R);
    else if (to === undefined) removed.set(key, from);
    else updated.set(key, [from, to]);
  }
  return { added, updated, removed };
}

/** The change record by record. */
export function* steps<R>({ added, updated, removed }: Diff<R>): Iterable<Step<R>> {
  for (const [key, from] of removed) yield [key, from, undefined];
  for (const [key, [from, to]] of updated) yield [key, from, to];
  for (const [key, to] of added) yield [key, undefined, to];
}
