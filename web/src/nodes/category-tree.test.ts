import { expect, it } from "vitest";

import { BASIC } from "../classes/testing/catalogs";
import { categoriesOf, type Category } from "./category-tree";

it("puts each class into its folder once, folders within folders", () => {
  const base = BASIC.classes.get("KSampler");
  if (!base) throw new Error("the catalog of the tests has no KSampler");
  const paths = [["b", "deep"], ["a"], ["b"], []];
  const tree = categoriesOf(paths.map((category, at) => ({ ...base, id: `${at}`, title: `N${at}`, category })));
  const lines = (folder: Category): string[] => [
    folder.path,
    ...folder.categories.flatMap(lines),
    ...folder.classes.map(({ title }) => `${folder.path}:${title}`),
  ];
  expect(lines(tree)).toEqual(["", "a", "a:N1", "b", "b/deep", "b/deep:N0", "b:N2", ":N3"]);
});
