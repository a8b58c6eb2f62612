/**
 * Weights of a prompt, `(a word:1.05)`, raised and lowered by keys as the field does it. Pure: says which letters to
 * replace, so that whoever does it can keep the text's own undo.
 */

/** The letters from `from` to `to` become `insert`; then those from `start` to `end` are selected. */
export interface TextEdit {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
  readonly start: number;
  readonly end: number;
}

export const WEIGHT_STEP = 0.05;

/** What `(text)` without a number weighs. */
const PLAIN = 1.1;

/** Null where there is nothing to weigh. */
export function weigh(text: string, start: number, end: number, by: number): TextEdit | null {
  const [from, to] = trimmed(text, ...(start === end ? wordAt(text, start) : ([start, end] as const)));
  const group = groupAround(text, from, to) ?? (start === end ? innermost(text, start) : null);
  if (group === null && from >= to) return null;
  const { open, inner, close, weight } = group ?? { open: from, inner: text.slice(from, to), close: to, weight: 1 };
  const next = Math.max(0, Math.round((weight + by) * 100) / 100);
  const insert = next === 1 ? inner : `(${inner}:${next})`;
  const at = next === 1 ? open : open + 1;
  // A caret stays a caret, so that the next letter does not take the place of the word.
  const kept = group === null ? 0 : Math.min(Math.max(start - open - 1, 0), inner.length);
  const caret = at + (group === null ? start - from : kept);
  const [selectFrom, selectTo] = start === end ? [caret, caret] : [at, at + inner.length];
  return { from: open, to: close, insert, start: selectFrom, end: selectTo };
}

interface Weighted {
  /** Where its parenthesis opens, and behind where it closes. */
  readonly open: number;
  readonly close: number;
  readonly inner: string;
  readonly weight: number;
}

/** The group whose inside is what is selected, or that is selected whole. */
function groupAround(text: string, from: number, to: number): Weighted | null {
  return (
    groups(text).find(
      ({ open, inner, close }) =>
        (open === from && close === to) || (open + 1 === from && open + 1 + inner.length === to),
    ) ?? null
  );
}

/** The smallest group with a number that the caret stands in. */
function innermost(text: string, caret: number): Weighted | null {
  const around = groups(text).filter(({ open, close }) => open < caret && caret < close);
  return around.toSorted((one, other) => one.close - one.open - (other.close - other.open))[0] ?? null;
}

/** All parentheses with their partners; `\(` and `\)` are letters. */
function groups(text: string): Weighted[] {
  const found: Weighted[] = [];
  const open: number[] = [];
  for (const match of text.matchAll(/\\[()]|[()]/g)) {
    if (match[0] === "(") open.push(match.index);
    const at = match[0] === ")" ? open.pop() : undefined;
    if (at !== undefined) found.push(groupOf(text, at, match.index + 1));
  }
  return found;
}

function groupOf(text: string, open: number, close: number): Weighted {
  const whole = text.slice(open + 1, close - 1);
  const [, inner = whole, weight] = /^(.*):\s*([-+]?\d*\.?\d+)\s*$/s.exec(whole) ?? [];
  return { open, close, inner, weight: weight === undefined ? PLAIN : Number(weight) };
}

function wordAt(text: string, caret: number): readonly [number, number] {
  const before = /[\p{L}\p{N}_'’-]*$/u.exec(text.slice(0, caret))?.[0].length ?? 0;
  const after = /^[\p{L}\p{N}_'’-]*/u.exec(text.slice(caret))?.[0].length ?? 0;
  return [caret - before, caret + after];
}

function trimmed(text: string, from: number, to: number): readonly [number, number] {
  const selected = text.slice(from, to);
  const left = selected.length - selected.trimStart().length;
  const right = selected.length - selected.trimEnd().length;
  return left === selected.length ? [from, from] : [from + left, to - right];
}
