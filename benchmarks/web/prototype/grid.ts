/** A spatial grid: finds what may lie in a rectangle without asking every item. Knows nothing of what the items are. */

export interface Rect {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export const overlap = (a: Rect, b: Rect): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

export const contains = (outer: Rect, inner: Rect): boolean =>
  outer.left <= inner.left && inner.right <= outer.right && outer.top <= inner.top && inner.bottom <= outer.bottom;

export const grown = ({ left, top, right, bottom }: Rect, by: number): Rect => ({
  left: left - by,
  top: top - by,
  right: right + by,
  bottom: bottom + by,
});

/** About the size of a few nodes: a view at scale 1 touches a dozen cells, one of the whole graph a few hundred. */
const CELL = 512;

/** Cells have whole numbers for keys, as strings cost more than the look-up; so far out nobody puts a node. */
const COLUMNS = 1 << 20;

export class Grid<Item extends { readonly rect: Rect }> {
  readonly #cells = new Map<number, Item[]>();

  add(item: Item): void {
    for (const key of keysOf(item.rect)) {
      const cell = this.#cells.get(key);
      if (cell) cell.push(item);
      else this.#cells.set(key, [item]);
    }
  }

  /** What overlaps `rect`, each once, in no order that means anything. */
  query(rect: Rect): Set<Item> {
    const found = new Set<Item>();
    for (const key of keysOf(rect)) {
      for (const item of this.#cells.get(key) ?? []) if (overlap(item.rect, rect)) found.add(item);
    }
    return found;
  }
}

function* keysOf({ left, top, right, bottom }: Rect): Generator<number> {
  for (let row = Math.floor(top / CELL); row * CELL <= bottom; row += 1) {
    for (let column = Math.floor(left / CELL); column * CELL <= right; column += 1) yield row * COLUMNS + column;
  }
}
