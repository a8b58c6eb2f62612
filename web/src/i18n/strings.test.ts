/** What the compiler cannot tell of a translation: that it is one. */

import { describe, expect, it } from "vitest";

import { en, STRINGS } from "./strings";

/** Names and figures, which are the same in every language. */
const SAME = /^(nodegraph|[A-Z0-9 ×%+.,:/()-]*|English|简体中文)$/;

type Words = Readonly<Record<string, unknown>>;

function leaves(words: Words, path = ""): [string, unknown][] {
  return Object.entries(words).flatMap(([name, value]) => {
    const here = `${path}${name}`;
    return typeof value === "object" && value !== null ? leaves(value as Words, `${here}.`) : [[here, value]];
  });
}

describe("the Chinese words", () => {
  const chinese = new Map(leaves(STRINGS.zh));
  const said = [...chinese].filter(([path]) => !path.includes(".keys.")); // keys are no words

  it("are all there, and none beyond", () => {
    expect([...chinese.keys()].toSorted()).toEqual(
      leaves(en)
        .map(([path]) => path)
        .toSorted(),
    );
  });

  it("are Chinese", () => {
    const english = said.filter(
      ([, words]) => typeof words === "string" && !/[一-鿿]/.test(words) && !SAME.test(words),
    );
    expect(english).toEqual([]);
  });

  it("use the punctuation of Chinese between Chinese words", () => {
    const wrong = said.filter(([, words]) => typeof words === "string" && /[一-鿿][,;?!]|[一-鿿]\.$/.test(words));
    expect(wrong).toEqual([]);
  });
});
