/** Rectangles of whole pixels within a picture. */

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The pixels of a picture of that size between two corners, which may lie outside; null: none of them. */
export function between(left: number, top: number, right: number, bottom: number, size: Dimensions): Area | null {
  const x = Math.max(0, Math.floor(left));
  const y = Math.max(0, Math.floor(top));
  const width = Math.min(size.width, Math.ceil(right)) - x;
  const height = Math.min(size.height, Math.ceil(bottom)) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : null;
}

export interface Dimensions {
  readonly width: number;
  readonly height: number;
}

/** The smallest that holds both. */
export function union(one: Area | null, other: Area | null): Area | null {
  if (one === null || other === null) return one ?? other;
  const x = Math.min(one.x, other.x);
  const y = Math.min(one.y, other.y);
  return {
    x,
    y,
    width: Math.max(one.x + one.width, other.x + other.width) - x,
    height: Math.max(one.y + one.height, other.y + other.height) - y,
  };
}

export const whole = ({ width, height }: Dimensions): Area => ({ x: 0, y: 0, width, height });
