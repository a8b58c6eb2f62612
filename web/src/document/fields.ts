/**
 * Typed views of JSON that can be written back: a field reads one value under one key, and puts a changed one there.
 * What still reads as the value to be written is left as it stands, so writing what was read gives the very same
 * object. Knows no record.
 */

import { EMPTY, ExactNumber, isList, isObject, toNumber, withKey, type Json, type JsonObject } from "./json";
import type { Bounds, Point, Size } from "./records";

export interface Field<T> {
  readonly key: string;
  /** `undefined` is a key that is not there; what cannot be read gives the same as that. */
  read(json: Json | undefined): T;
  /** `was` is what stands there; the very same is returned where it reads as `value`. */
  write(value: T, was: Json | undefined): Json | undefined;
}

export type Fields<T> = { readonly [K in keyof T]: Field<T[K]> };

export function readFields<T extends object>(fields: Fields<T>, source: JsonObject): T {
  const read: Record<string, unknown> = {};
  for (const [name, field] of Object.entries<Field<unknown>>(fields)) read[name] = field.read(source.get(field.key));
  return read as T;
}

/** `source` with the values put in. */
export function writeFields<T extends object>(fields: Fields<T>, values: T, source: JsonObject): JsonObject {
  let written = source;
  for (const [name, field] of Object.entries<Field<unknown>>(fields)) {
    written = withKey(written, field.key, field.write(values[name as keyof T], written.get(field.key)));
  }
  return written;
}

/** A field from how to read and how to write a value, and when two values are the same. */
export function field<T>(
  key: string,
  read: (json: Json | undefined) => T,
  encode: (value: T, was: Json | undefined) => Json | undefined,
  same: (one: T, other: T) => boolean = Object.is,
): Field<T> {
  return { key, read, write: (value, was) => (same(read(was), value) ? was : encode(value, was)) };
}

/** The field, kept one level down in an object under `key`. */
export function within<T>(key: string, inner: Field<T>): Field<T> {
  return {
    key,
    read: (json) => inner.read(isObject(json) ? json.get(inner.key) : undefined),
    write: (value, was) => {
      const object = isObject(was) ? was : EMPTY;
      const written = withKey(object, inner.key, inner.write(value, object.get(inner.key)));
      return written === object ? was : written;
    },
  };
}

export const asId = (json: Json | undefined): string | number | null =>
  typeof json === "string" || typeof json === "number" ? json : json instanceof ExactNumber ? json.text : null;

/** Ids beyond 2⁵³ are read as texts, to the last digit, and are numbers in files all the same. */
export const fromId = (id: string | number): Json =>
  typeof id === "string" && /^-?[1-9]\d{15,}$/.test(id) ? new ExactNumber(id) : id;

export const number = (key: string, missing = 0): Field<number> =>
  field(
    key,
    (json) => toNumber(json) ?? missing,
    (value) => value,
  );

export const text = (key: string): Field<string> =>
  field(
    key,
    (json) => (typeof json === "string" ? json : ""),
    (value) => value,
  );

/** Without a value the key is taken out. */
export const optionalText = (key: string): Field<string | null> =>
  field(
    key,
    (json) => (typeof json === "string" ? json : null),
    (value) => value ?? undefined,
  );

export const optionalNumber = (key: string): Field<number | null> =>
  field(
    key,
    (json) => toNumber(json) ?? null,
    (value) => value ?? undefined,
  );

/** True, or not there. */
export const flag = (key: string): Field<boolean> =>
  field(
    key,
    (json) => json === true,
    (value) => (value ? true : undefined),
  );

export const object = (key: string): Field<JsonObject> =>
  field(
    key,
    (json) => (isObject(json) ? json : EMPTY),
    (value) => value,
  );

export const point = (key: string): Field<Point> =>
  field(
    key,
    (json) => {
      const [x, y] = numbers(json);
      return { x, y };
    },
    ({ x, y }) => [x, y],
    (one, other) => one.x === other.x && one.y === other.y,
  );

export const size = (key: string): Field<Size> =>
  field(
    key,
    (json) => {
      const [width, height] = numbers(json);
      return { width, height };
    },
    ({ width, height }) => [width, height],
    (one, other) => one.width === other.width && one.height === other.height,
  );

export const bounds = (key: string): Field<Bounds> => field(key, (json) => readBounds(json), encodeBounds, sameBounds);

export const optionalBounds = (key: string): Field<Bounds | null> =>
  field(
    key,
    (json) => (json === undefined ? null : readBounds(json)),
    (value) => (value === null ? undefined : encodeBounds(value)),
    (one, other) => (one === null || other === null ? one === other : sameBounds(one, other)),
  );

function readBounds(json: Json | undefined): Bounds {
  const [x, y, width, height] = numbers(json);
  return { x, y, width, height };
}

function encodeBounds({ x, y, width, height }: Bounds): Json {
  return [x, y, width, height];
}

function sameBounds(one: Bounds, other: Bounds): boolean {
  return one.x === other.x && one.y === other.y && one.width === other.width && one.height === other.height;
}

/** Four numbers from a list, or from the object with keys "0", "1", … that older files have in its place. */
function numbers(json: Json | undefined): [number, number, number, number] {
  const at = (index: number): number =>
    toNumber(isList(json) ? json[index] : isObject(json) ? json.get(String(index)) : undefined) ?? 0;
  return [at(0), at(1), at(2), at(3)];
}
