// @vitest-environment node
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { ExactNumber, fromInteger, layoutOf, parseJson, toInteger, toNumber, writeJson, type Json } from "./json";

const { value: json } = fc.letrec<{ value: Json; object: ReadonlyMap<string, Json>; key: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(null, true, false),
    fc.string({ unit: "grapheme" }),
    fc
      .constantFrom("1.0", "-0", "1e5", "1E+400", "0.1", "18446744073709551615", "9007199254740993", "12")
      .map(parseJson),
    fc.bigInt().map(fromInteger),
    fc.array(tie("value")),
    tie("object"),
  ),
  object: fc.array(fc.tuple(tie("key"), tie("value"))).map((items) => new Map(items)),
  key: fc.oneof(fc.string(), fc.nat(20).map(String), fc.constant("__proto__")),
}));

describe("text that is read and written", () => {
  it("is the same, with every number's letters and every key in its place", () => {
    fc.assert(
      fc.property(
        json,
        fc.constantFrom("", " "),
        fc.constantFrom("", "  ", "\t"),
        fc.boolean(),
        (value, space, indent, ascii) => {
          const text = writeJson(value, { space, indent, ascii, end: "\n" });
          expect(JSON.parse(text)).toEqual(plain(value));
          expect(writeJson(parseJson(text), { space, indent, ascii, end: "\n" })).toBe(text);
        },
      ),
    );
  });

  it.each([
    ['{"seed":18446744073709551615,"10":1.0,"9":-0,"__proto__":1e-5}', "one line"],
    ['{"a": [1, 2], "b": {"c": "\\u00e9"}}\n', "one line with spaces, in ASCII"],
    ['{\n  "a": [\n    1,\n    {}\n  ],\n  "b": []\n}', "two spaces"],
    ['[\n\t{\n\t\t"é": null\n\t}\n]\n', "tabs"],
  ])("keeps its layout: %s (%s)", (text) => {
    expect(writeJson(parseJson(text), layoutOf(text))).toBe(text);
  });

  it.each(["", "{", "[1,]", '{"a" 1}', "01", "nul", '"\n"', "[1] 2"])("is refused where it is no JSON: %s", (text) => {
    expect(() => parseJson(text)).toThrow(SyntaxError);
  });
});

describe("a number", () => {
  it("is JavaScript's own where that loses nothing", () => {
    expect(parseJson("[1, -2.5, 9007199254740991, 1e-7]")).toEqual([1, -2.5, 9007199254740991, 1e-7]);
    expect(parseJson("9007199254740992")).toEqual(new ExactNumber("9007199254740992"));
  });

  it("can be counted with at any size", () => {
    const seed = toInteger(parseJson("18446744073709551614")) ?? 0n;
    expect(writeJson(fromInteger(seed + 1n))).toBe("18446744073709551615");
    expect([toInteger(3), toInteger(1.5), toInteger(parseJson("1e3")), toInteger("3")]).toEqual([
      3n,
      undefined,
      undefined,
      undefined,
    ]);
    expect([toNumber(parseJson("1.50")), toNumber(null)]).toEqual([1.5, undefined]);
  });
});

/** What `JSON.parse` makes of it. */
function plain(value: Json): unknown {
  if (value instanceof ExactNumber) return Number(value.text);
  if (value instanceof Map) {
    return Object.fromEntries(Array.from(value as ReadonlyMap<string, Json>, ([key, item]) => [key, plain(item)]));
  }
  return Array.isArray(value) ? value.map((item: Json) => plain(item)) : value;
}
