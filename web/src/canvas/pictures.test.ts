import { expect, it } from "vitest";

import type { Picture, Side } from "../state/run";
import { pairOf } from "./pictures";

const picture = (node: string, side?: Side): Picture => {
  const place = { node, filename: `${node}${side ?? ""}.png`, subfolder: "", type: "temp" };
  return side === undefined ? place : { ...place, side };
};

it.each([
  { of: "both sides of one node", pictures: [picture("1", "b"), picture("1", "a")], pair: [1, 0] },
  {
    of: "several of each side",
    pictures: ["a", "a", "b", "b"].map((side) => picture("1", side as Side)),
    pair: [0, 2],
  },
  { of: "one side alone", pictures: [picture("1", "a")], pair: null },
  { of: "halves of two nodes", pictures: [picture("5:1", "a"), picture("5:2", "b")], pair: null },
  {
    of: "a node that compares beside one that saves, in one subgraph",
    pictures: [picture("5:1", "a"), picture("5:1", "b"), picture("5:2")],
    pair: null,
  },
  { of: "no picture", pictures: [], pair: null },
])("compares of $of: $pair", ({ pictures, pair }) => {
  expect(pairOf(pictures)).toEqual(pair);
});
