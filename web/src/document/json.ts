/**
 * JSON without loss, and how a file lays it out. Unlike `JSON.parse` it keeps every number's letters and the order of
 * all keys, those that look like numbers too. Knows nothing of workflows.
 */

/** A number is JavaScript's own where that loses nothing; values are never changed in place. */
export type Json = null | boolean | number | string | ExactNumber | readonly Json[] | JsonObject;

/** A map, because a plain object sorts the keys that look like numbers and treats `__proto__` as something else. */
export type JsonObject = ReadonlyMap<string, Json>;

/** A number that JavaScript would round, or write in other letters: 18446744073709551615, 1.0, 1e-5. */
export class ExactNumber {
  constructor(readonly text: string) {}
}

/**
 * How a text is laid out: `indent` per level, or all in one line where it is empty; `space` after colons and commas.
 */
export interface Layout {
  readonly indent: string;
  readonly space: string;
  /** What follows the last bracket. */
  readonly end: string;
  /** Other letters than ASCII stand as `\uXXXX`. */
  readonly ascii: boolean;
}

export const COMPACT: Layout = { indent: "", space: "", end: "", ascii: false };
export const INDENTED: Layout = { indent: "  ", space: " ", end: "", ascii: false };

export const EMPTY: JsonObject = new Map();

export function isObject(value: Json | undefined): value is JsonObject {
  return value instanceof Map;
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The object with one key set, or taken out where `value` is undefined; the very same object where nothing changes. */
export function withKey(object: JsonObject, key: string, value: Json | undefined): JsonObject {
  if (object.get(key) === value) return object;
  const changed = new Map(object);
  if (value === undefined) changed.delete(key);
  else changed.set(key, value);
  return changed;
}

/** The value as one of JavaScript's numbers, rounded if need be; undefined where it is no number. */
export function toNumber(value: Json | undefined): number | undefined {
  if (value instanceof ExactNumber) return Number(value.text);
  return typeof value === "number" ? value : undefined;
}

/** The text, or an empty one where the value is none. */
export function toText(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

/** The list, or an empty one where the value is none. */
export function toList(value: Json | undefined): readonly Json[] {
  return isList(value) ? value : [];
}

/** The value as an integer of any size; undefined where it is none. */
export function toInteger(value: Json | undefined): bigint | undefined {
  if (value instanceof ExactNumber) return /^-?\d+$/.test(value.text) ? BigInt(value.text) : undefined;
  return Number.isSafeInteger(value) ? BigInt(value as number) : undefined;
}

export function fromInteger(value: bigint): number | ExactNumber {
  return numberOf(String(value));
}

/** Throws SyntaxError where `text` is not JSON. Of a key that stands twice the last value holds, as in `JSON.parse`. */
export function parseJson(text: string): Json {
  JSON.parse(text); // refuses what is not JSON, so that the reader meets nothing else and needs no words for it
  return new Reader(text).value();
}

export function writeJson(value: Json, layout: Layout = COMPACT, written: Written = new WeakMap()): string {
  const text = write(value, layout, 0, written) + layout.end;
  if (!layout.ascii) return text;
  return text.replaceAll(
    new RegExp(NOT_ASCII, "g"),
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/**
 * The texts of parts that were written before: given to `writeJson` again, with the same layout, what has not changed
 * since is not written anew. Holds the parts of a file's lists.
 */
export type Written = WeakMap<object, string>;

/** The layout of a text, as its first bracket and its first key show it. */
export function layoutOf(text: string): Layout {
  const [, opening = ""] = /^\s*[[{](\s*)/.exec(text) ?? [];
  const [, space = ""] = /"(?:[^"\\]|\\.)*"\s*:([^\S\n]*)/.exec(text) ?? [];
  const [end] = /\s*$/.exec(text) ?? [""];
  return {
    indent: opening.includes("\n") ? opening.slice(opening.lastIndexOf("\n") + 1) : "",
    space,
    end,
    ascii: text.includes("\\u") && !NOT_ASCII.test(text),
  };
}

const NOT_ASCII = /[\u0080-\uffff]/;

/** Reads text that is known to be JSON. */
class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  value(): Json {
    const first = this.peek();
    if (first === "{") return this.object();
    if (first === "[") return this.list();
    if (first === '"') return this.string();
    if (first === "t") return this.word("true", true);
    if (first === "f") return this.word("false", false);
    if (first === "n") return this.word("null", null);
    return this.number();
  }

  private object(): JsonObject {
    const object = new Map<string, Json>();
    while (this.enter("}")) {
      const key = this.string();
      this.peek();
      this.at += 1; // the colon
      object.set(key, this.value());
    }
    return object;
  }

  private list(): readonly Json[] {
    const list: Json[] = [];
    while (this.enter("]")) list.push(this.value());
    return list;
  }

  /** Step over the opening bracket or a comma, to the next item; over the closing bracket, and there is none. */
  private enter(close: string): boolean {
    const closed = this.peek() === close;
    this.at += 1;
    if (closed) return false;
    if (this.peek() !== close) return true;
    this.at += 1;
    return false;
  }

  private string(): string {
    const start = this.at;
    let end = start + 1;
    let escaped = false;
    for (let code = this.text.charCodeAt(end); code !== QUOTE; code = this.text.charCodeAt(end)) {
      escaped ||= code === BACKSLASH;
      end += code === BACKSLASH ? 2 : 1;
    }
    this.at = end + 1;
    return escaped ? (JSON.parse(this.text.slice(start, this.at)) as string) : this.text.slice(start + 1, end);
  }

  private number(): Json {
    const start = this.at;
    while (NUMERIC.has(this.text.charCodeAt(this.at))) this.at += 1;
    return numberOf(this.text.slice(start, this.at));
  }

  private word<T extends Json>(letters: string, value: T): T {
    this.at += letters.length;
    return value;
  }

  /** The next character that is no white space. */
  private peek(): string | undefined {
    while (this.text.charCodeAt(this.at) <= SPACE) this.at += 1;
    return this.text[this.at];
  }
}

const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NUMERIC = new Set(Array.from("+-.0123456789eE", (letter) => letter.charCodeAt(0)));

/** Integers beyond 2⁵³ stay exact even where their letters would survive: sums with them would not. */
function numberOf(text: string): number | ExactNumber {
  const value = Number(text);
  const kept = String(value) === text && (!Number.isInteger(value) || Number.isSafeInteger(value));
  return kept ? value : new ExactNumber(text);
}

/** How deep the parts lie that are kept: each node of a file, each link. */
const KEPT = 2;

function write(value: Json, layout: Layout, depth: number, written: Written): string {
  if (value instanceof ExactNumber) return value.text;
  if (!isObject(value) && !isList(value)) return JSON.stringify(value);
  if (depth !== KEPT) return writeAll(value, layout, depth, written);
  const known = written.get(value);
  if (known !== undefined) return known;
  const text = writeAll(value, layout, depth, written);
  written.set(value, text);
  return text;
}

function writeAll(value: readonly Json[] | JsonObject, layout: Layout, depth: number, written: Written): string {
  if (isObject(value)) {
    const items = Array.from(
      value,
      ([key, item]) => `${JSON.stringify(key)}:${layout.space}${write(item, layout, depth + 1, written)}`,
    );
    return bracket("{", items, "}", layout, depth);
  }
  const items = value.map((item) => write(item, layout, depth + 1, written));
  return bracket("[", items, "]", layout, depth);
}

function bracket(open: string, items: readonly string[], close: string, layout: Layout, depth: number): string {
  if (items.length === 0) return open + close;
  if (layout.indent === "") return open + items.join(`,${layout.space}`) + close;
  const newline = `\n${layout.indent.repeat(depth)}`;
  const inner = newline + layout.indent;
  return open + inner + items.join(`,${inner}`) + newline + close;
}
