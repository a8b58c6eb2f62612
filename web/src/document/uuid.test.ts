import { afterEach, expect, it, vi } from "vitest";

import { uuid } from "./uuid";

afterEach(() => {
  vi.unstubAllGlobals();
});

it("makes names of the usual form, each another, with no more than browsers have without https", () => {
  const { crypto } = globalThis;
  vi.stubGlobal("crypto", { getRandomValues: (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes) });
  const made = Array.from({ length: 100 }, uuid);
  for (const name of made) expect(name).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  expect(new Set(made).size).toBe(100);
});
