import { expect, it } from "vitest";

import type { UserEntry } from "../protocol/schema";
import { found, latestFirst } from "./search";
import { treeOf, type Branch } from "./tree";

const entry = (path: string, kind: "file" | "folder" = "file", modified = 0): UserEntry => ({
  path,
  kind,
  modified,
  size: 1,
  created: 0,
});
const shape = ({ entry: { path }, inside }: Branch): unknown => (inside === null ? path : [path, inside.map(shape)]);

const ENTRIES = [
  entry("v10.json", "file", 3),
  entry("v9.json", "file", 1),
  entry("portraits", "folder"),
  entry("portraits/anna.json", "file", 2),
  entry("portraits/old", "folder"),
  entry("notes.txt"),
  entry(".hidden.json"),
];

it("has folders first, each in the order that a person counts, and nothing but workflows", () => {
  expect(treeOf(ENTRIES).map(shape)).toEqual([
    ["portraits", [["portraits/old", []], "portraits/anna.json"]],
    "v9.json",
    "v10.json",
  ]);
});

it("finds workflows by what they are called and where they lie, mistyped too", () => {
  expect(found(ENTRIES, "ana").map(({ path }) => path)).toEqual(["portraits/anna.json"]);
  expect(found(ENTRIES, "portraits").map(({ path }) => path)).toEqual(["portraits/anna.json"]);
  expect(found(ENTRIES, "notes")).toEqual([]);
});

it("lists the latest first", () => {
  expect(latestFirst(ENTRIES).map(({ path }) => path)).toEqual(["v10.json", "portraits/anna.json", "v9.json"]);
});
