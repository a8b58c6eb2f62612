import fc from "fast-check";
import { expect, it } from "vitest";

import { colorOf, numberOf } from "./numbers";

it("every colour comes back from its number", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffffff }), (value) => {
      expect(numberOf(colorOf(value))).toBe(value);
    }),
  );
});

it.each([
  ["#f80", 0xff8800],
  ["#ff8800cc", 0xff8800],
  ["#000000", 0],
])("%s is a number", (color, value) => {
  expect(numberOf(color)).toBe(value);
});

it("what is beyond all colours is shown as the nearest", () => {
  expect([colorOf(-1), colorOf(2 ** 40)]).toEqual(["#000000", "#ffffff"]);
});
