/**
 * What a person types into a number: `512*1.5`, `1024/2 + 64`, `2^10`, `-(3 % 2)`. Reckons exactly. Knows no widgets.
 *
 *     sum     = product (("+" | "-") product)*
 *     product = signed (("*" | "/" | "%") signed)*
 *     signed  = ("+" | "-") signed | power
 *     power   = atom (("^" | "**") signed)?
 *     atom    = number | "(" sum ")"
 */

import {
  add,
  compare,
  divide,
  floor,
  fraction,
  multiply,
  negate,
  parseDecimal,
  subtract,
  toNumber,
  ONE,
  ZERO,
  type Fraction,
} from "./fraction";

/** No seed and no size needs more digits than this; what grows beyond is a slip of the hand. */
const MOST_BITS = 4096;

/** Undefined where the text is no such sum, or has no value, as 1/0. */
export function evaluate(text: string): Fraction | undefined {
  const tokens = tokensOf(text);
  if (tokens === undefined) return undefined;
  try {
    return new Reader(tokens).all();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const TOKEN = /\s*(?:((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?)|(\*\*|[-+*/%^()×÷−]))/y;
const SAME: Readonly<Record<string, string>> = { "**": "^", "×": "*", "÷": "/", "−": "-" };

function tokensOf(text: string): string[] | undefined {
  const tokens: string[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const match = TOKEN.exec(text);
    if (!match) return undefined;
    const token = match[1] ?? match[2] ?? "";
    tokens.push(SAME[token] ?? token);
  }
  return tokens;
}

class Reader {
  private at = 0;

  constructor(private readonly tokens: readonly string[]) {}

  all(): Fraction {
    const value = this.sum();
    if (this.at < this.tokens.length) throw new RangeError("more than a sum");
    return value;
  }

  private sum(): Fraction {
    let value = this.product();
    for (;;) {
      if (this.take("+")) value = add(value, this.product());
      else if (this.take("-")) value = subtract(value, this.product());
      else return value;
    }
  }

  private product(): Fraction {
    let value = this.signed();
    for (;;) {
      if (this.take("*")) value = bounded(multiply(value, this.signed()));
      else if (this.take("/")) value = divide(value, this.signed());
      else if (this.take("%")) value = remainder(value, this.signed());
      else return value;
    }
  }

  private signed(): Fraction {
    if (this.take("-")) return negate(this.signed());
    if (this.take("+")) return this.signed();
    const base = this.atom();
    return this.take("^") ? power(base, this.signed()) : base;
  }

  private atom(): Fraction {
    if (this.take("(")) {
      const value = this.sum();
      if (!this.take(")")) throw new RangeError("a parenthesis is open");
      return value;
    }
    const value = parseDecimal(this.tokens[this.at] ?? "");
    if (value === undefined) throw new RangeError("no number");
    this.at += 1;
    return value;
  }

  private take(token: string): boolean {
    if (this.tokens[this.at] !== token) return false;
    this.at += 1;
    return true;
  }
}

/** Has the sign of the divisor, as in Python. */
function remainder(a: Fraction, b: Fraction): Fraction {
  return subtract(a, multiply(b, fraction(floor(divide(a, b)))));
}

function power(base: Fraction, exponent: Fraction): Fraction {
  if (exponent.d !== 1n) return root(base, exponent);
  if (compare(exponent, ZERO) < 0) return divide(ONE, power(base, negate(exponent)));
  const bits = BigInt(Math.max(lengthOf(base.n), lengthOf(base.d)));
  if (bits * exponent.n > MOST_BITS) throw new RangeError("too large");
  return fraction(base.n ** exponent.n, base.d ** exponent.n);
}

/** Such as `2^0.5`, which no fraction is: as near as a computer's numbers come. */
function root(base: Fraction, exponent: Fraction): Fraction {
  const value = parseDecimal(String(toNumber(base) ** toNumber(exponent)));
  if (value === undefined) throw new RangeError("no such root");
  return value;
}

function bounded(value: Fraction): Fraction {
  if (lengthOf(value.n) > MOST_BITS) throw new RangeError("too large");
  return value;
}

/** In bits, about. */
const lengthOf = (value: bigint): number => value.toString(16).length * 4;
