/** A spatial grid: finds what may lie in a rectangle without asking every item. Knows nothing of what the items are. */

import type { Bounds } from "../document/records";
import { overlap } from "./bounds";

/** About the size of a few nodes: a view at scale 1 touches a dozen cells, one of a large graph a few hundred. */
const CELL = 512;

/** Cells have whole numbers for keys, as strings cost more than the look-up; so far out nobody puts a node. */
const COLUMNS = 1 << 20;

/** What covers more cells than this, such as a link across everything, is asked each time instead. */
const MANY = 64;

export class Grid<Item extends { readonly bounds: Bounds }> {
  private readonly cells = new Map<number, Set<Item>>();
  private readonly large = new Set<Item>();

  add(item: Item): void {
    if (cellsOf(item.bounds) > MANY) {
      this.large.add(item);
      return;
    }
    for (const key of keysOf(item.bounds)) {
      const cell = this.cells.get(key);
      if (cell) cell.add(item);
      else this.cells.set(key, new Set([item]));
    }
  }

  remove(item: Item): void {
    if (this.large.delete(item)) return;
    for (const key of keysOf(item.bounds)) {
      const cell = this.cells.get(key);
      cell?.delete(item);
      if (cell?.size === 0) this.cells.delete(key);
    }
  }

  clear(): void {
    this.cells.clear();
    this.large.clear();
  }

  /** What overlaps `bounds`, each once, in no order that means anything. */
  query(bounds: Bounds): Set<Item> {
    const found = new Set<Item>();
    // Seen from afar, there are fewer cells with something in them than there are in view.
    const cells = cellsOf(bounds) > this.cells.size ? this.cells.values() : this.cellsIn(bounds);
    for (const cell of cells) for (const item of cell) if (overlap(item.bounds, bounds)) found.add(item);
    for (const item of this.large) if (overlap(item.bounds, bounds)) found.add(item);
    return found;
  }

  private *cellsIn(bounds: Bounds): Generator<Set<Item>> {
    for (const key of keysOf(bounds)) {
      const cell = this.cells.get(key);
      if (cell) yield cell;
    }
  }
}

const cellAt = (position: number): number => Math.floor(position / CELL);

function cellsOf({ x, y, width, height }: Bounds): number {
  return (cellAt(x + width) - cellAt(x) + 1) * (cellAt(y + height) - cellAt(y) + 1);
}

function* keysOf({ x, y, width, height }: Bounds): Generator<number> {
  for (let row = cellAt(y); row <= cellAt(y + height); row += 1) {
    for (let column = cellAt(x); column <= cellAt(x + width); column += 1) yield row * COLUMNS + column;
  }
}
