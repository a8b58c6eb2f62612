import { expect, it, vi } from "vitest";

import { beatingWindows } from "./windows";

it("a window begins under its name where web storage is full", async () => {
  vi.useFakeTimers(); // it beats
  try {
    vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new DOMException("full", "QuotaExceededError");
    });
    expect(() => {
      localStorage.setItem("any", "text");
    }).toThrow("full");
    expect(await beatingWindows().claim("w")).toBe(true);
  } finally {
    vi.useRealTimers();
  }
});
