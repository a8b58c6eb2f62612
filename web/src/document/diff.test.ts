// @vitest-environment node
import fc from "fast-check";
import { expect, it } from "vitest";

import { compose, diffOf, isEmpty, reverse, steps, type Diff } from "./diff";

type State = ReadonlyMap<string, number>;

const state = fc.array(fc.tuple(fc.constantFrom("a", "b", "c", "d"), fc.nat(2))).map((items): State => new Map(items));

const between = (from: State, to: State): Diff<number> =>
  diffOf([...new Set([...from.keys(), ...to.keys()])].map((key) => [key, from.get(key), to.get(key)]));

function applied(diff: Diff<number>, before: State): State {
  const after = new Map(before);
  for (const [key, from, to] of steps(diff)) {
    expect(before.get(key)).toBe(from);
    if (to === undefined) after.delete(key);
    else after.set(key, to);
  }
  return after;
}

it("leads from one state to another, and reversed back", () => {
  fc.assert(
    fc.property(state, state, (one, other) => {
      const diff = between(one, other);
      expect(applied(diff, one)).toEqual(other);
      expect(applied(reverse(diff), other)).toEqual(one);
      expect(isEmpty(diff)).toBe(
        applied(diff, one).size === one.size && [...one].every(([key, value]) => other.get(key) === value),
      );
    }),
  );
});

it("composed with the next leads all the way, and holds no detour", () => {
  fc.assert(
    fc.property(state, state, state, (first, second, third) => {
      const diff = compose(between(first, second), between(second, third));
      expect(diff).toEqual(between(first, third));
      expect(applied(diff, first)).toEqual(third);
    }),
  );
});
