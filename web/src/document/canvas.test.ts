// @vitest-environment node
import { describe, expect, it } from "vitest";

import { readCanvas } from "./canvas-read";
import { writeCanvas } from "./canvas-write";
import { DocumentStore } from "./store";
import { FEWEST, templates } from "./testing/templates";

describe("the official workflow files", () => {
  it("are written as they were read, each part the very object it was read from", () => {
    let count = 0;
    for (const { name, file } of templates()) {
      expect(writeCanvas(new DocumentStore(readCanvas(file))), name).toBe(file);
      count += 1;
    }
    expect(count).toBeGreaterThanOrEqual(FEWEST);
  }, 30_000);
});
