import { expect, it } from "vitest";

import { setLanguage } from "../i18n/language";
import { createCatalog } from "./catalog";
import { fetchCatalog, followLanguage } from "./fetch-catalog";

const answering =
  (body: string, status = 200) =>
  () =>
    Promise.resolve(new Response(body, { status }));

it("is filled by what the server says, and filled again", async () => {
  const catalog = createCatalog();
  expect(catalog.getState()).toMatchObject({ state: "loading" });
  expect(catalog.getState().classes.has("Note")).toBe(true);
  await fetchCatalog(catalog, answering('{"A": {}}'));
  expect(catalog.getState()).toMatchObject({ state: "known" });
  expect(catalog.getState().classes.has("A")).toBe(true);
  await fetchCatalog(catalog, answering('{"B": {}}'));
  expect([...catalog.getState().classes.keys()]).toContain("B");
  expect([...catalog.getState().classes.keys()]).not.toContain("A");
});

it("stays as it was where the server cannot be asked", async () => {
  const catalog = createCatalog();
  await fetchCatalog(catalog, answering("", 500));
  expect(catalog.getState().state).toBe("failed");
  await fetchCatalog(catalog, answering('{"A": {}}'));
  await fetchCatalog(catalog, answering("no JSON"));
  expect(catalog.getState().state).toBe("known");
  expect(catalog.getState().classes.has("A")).toBe(true);
});

it("has a server's class in the place of the editor's, and speaks the page's language", async () => {
  setLanguage("en");
  const catalog = createCatalog();
  const unfollow = followLanguage(catalog);
  await fetchCatalog(catalog, answering('{"Reroute": {"display_name": "Theirs"}}'));
  setLanguage("zh");
  const titleOf = (id: string) => catalog.getState().classes.get(id)?.title;
  expect([titleOf("Note"), titleOf("Reroute")]).toEqual(["便签", "Theirs"]);
  unfollow();
  setLanguage("en");
  expect(titleOf("Note")).toBe("便签");
});
