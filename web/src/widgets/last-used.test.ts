import { afterEach, expect, it, vi } from "vitest";

import { ExactNumber } from "../document/json";
import { valueInRun } from "./last-used";

afterEach(() => {
  vi.unstubAllGlobals();
});

it("is what the run was asked with, to the last digit", async () => {
  const request = '{"prompt": {"12:5": {"inputs": {"seed": 18446744073709551615, "model": ["4", 0]}}}, "outputs": []}';
  vi.stubGlobal("fetch", (path: string) =>
    Promise.resolve(path === "/api/v1/jobs/j/request" ? new Response(request) : new Response("{}", { status: 404 })),
  );
  expect(await valueInRun("j", "12:5", "seed")).toEqual(new ExactNumber("18446744073709551615"));
  expect(await valueInRun("j", "12:5", "model")).toBeNull();
  expect(await valueInRun("j", "13", "seed")).toBeNull();
  expect(await valueInRun("another", "12:5", "seed")).toBeNull();
});
