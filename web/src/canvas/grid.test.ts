import fc from "fast-check";
import { expect, it } from "vitest";

import { overlap } from "./bounds";
import { Grid } from "./grid";

const bounds = fc.record({
  x: fc.integer({ min: -5000, max: 5000 }),
  y: fc.integer({ min: -5000, max: 5000 }),
  width: fc.integer({ min: 1, max: 9000 }),
  height: fc.integer({ min: 1, max: 9000 }),
});

it("finds what a look at every item would", () => {
  fc.assert(
    fc.property(fc.array(bounds), fc.array(fc.boolean()), bounds, (all, kept, view) => {
      const items = all.map((bounds) => ({ bounds }));
      const grid = new Grid<(typeof items)[number]>();
      for (const item of items) grid.add(item);
      for (const [index, item] of items.entries()) if (kept[index] === false) grid.remove(item);
      const left = items.filter((_, index) => kept[index] !== false);
      expect(grid.query(view)).toEqual(new Set(left.filter((item) => overlap(item.bounds, view))));
    }),
  );
});
