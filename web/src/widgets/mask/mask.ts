/** A mask as numbers: how much of each pixel is masked, 0 to 255. Knows no brushes, no canvas and no history. */

import { whole, type Area, type Dimensions } from "./area";

export class Mask implements Dimensions {
  readonly values: Uint8ClampedArray;

  constructor(
    readonly width: number,
    readonly height: number,
    values?: Uint8ClampedArray,
  ) {
    this.values = values ?? new Uint8ClampedArray(width * height);
  }

  /** Of a picture's RGBA pixels: what they leave transparent is masked, as nodes that load a picture take it. */
  static ofAlpha({ width, height, data }: Pixels): Mask {
    const mask = new Mask(width, height);
    for (let at = 0; at < mask.values.length; at += 1) mask.values[at] = 255 - (data[4 * at + 3] ?? 255);
    return mask;
  }

  /** RGBA pixels that are transparent where it masks. */
  toAlpha(): Uint8ClampedArray<ArrayBuffer> {
    const data = new Uint8ClampedArray(4 * this.values.length);
    for (let at = 0; at < this.values.length; at += 1) data[4 * at + 3] = 255 - (this.values[at] ?? 0);
    return data;
  }

  /** The numbers of an area, row by row. */
  read(area: Area): Uint8ClampedArray {
    const copy = new Uint8ClampedArray(area.width * area.height);
    for (let row = 0; row < area.height; row += 1) {
      const from = this.at(area.x, area.y + row);
      copy.set(this.values.subarray(from, from + area.width), row * area.width);
    }
    return copy;
  }

  write(area: Area, values: Uint8ClampedArray): void {
    for (let row = 0; row < area.height; row += 1) {
      const line = values.subarray(row * area.width, (row + 1) * area.width);
      this.values.set(line, this.at(area.x, area.y + row));
    }
  }

  at(x: number, y: number): number {
    return y * this.width + x;
  }

  get isEmpty(): boolean {
    return this.values.every((value) => value === 0);
  }

  // ---- all of it at once ----

  fill(value: number): Area {
    this.values.fill(value);
    return whole(this);
  }

  invert(): Area {
    for (let at = 0; at < this.values.length; at += 1) this.values[at] = 255 - (this.values[at] ?? 0);
    return whole(this);
  }

  /** Soften all edges: three means over a square of `radius` pixels to each side come close to a Gaussian. */
  feather(radius: number): Area {
    const side = Math.max(1, Math.round(radius / 2));
    const from = Float32Array.from(this.values);
    const between = new Float32Array(from.length);
    for (let pass = 0; pass < 3; pass += 1) {
      means(from, between, { lines: this.height, length: this.width, next: 1, line: this.width }, side);
      means(between, from, { lines: this.width, length: this.height, next: this.width, line: 1 }, side);
    }
    this.values.set(from);
    return whole(this);
  }
}

export interface Pixels extends Dimensions {
  readonly data: Uint8ClampedArray;
}

interface Lines {
  readonly lines: number;
  readonly length: number;
  /** How far it is to the next number in a line, and to the next line. */
  readonly next: number;
  readonly line: number;
}

/** Each number becomes the mean of those up to `side` beside it in its line; at the ends the last one counts on. */
function means(from: Float32Array, to: Float32Array, { lines, length, next, line }: Lines, side: number): void {
  const count = 2 * side + 1;
  for (let start = 0, done = 0; done < lines; start += line, done += 1) {
    const value = (index: number): number => from[start + Math.min(Math.max(index, 0), length - 1) * next] ?? 0;
    let sum = 0;
    for (let index = -side; index <= side; index += 1) sum += value(index);
    for (let index = 0; index < length; index += 1) {
      to[start + index * next] = sum / count;
      sum += value(index + side + 1) - value(index - side);
    }
  }
}
