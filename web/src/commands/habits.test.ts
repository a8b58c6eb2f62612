import { beforeEach, describe, expect, it } from "vitest";

import { chose, foremost, habitsOf } from "./habits";

beforeEach(() => {
  localStorage.clear();
});

describe("habits", () => {
  it("put first what was chosen last, then what was chosen often", () => {
    ["A", "A", "A", "B", "C", "D"].forEach((id, at) => {
      chose("classes", id, at);
    });
    expect(foremost(habitsOf("classes"), 4)).toEqual(["D", "C", "A", "B"]);
    expect(foremost(habitsOf("classes"), 2)).toEqual(["D", "A"]);
    expect(habitsOf("commands").size).toBe(0);
  });

  it("forget what was not chosen for long", () => {
    for (let at = 0; at < 150; at += 1) chose("commands", `c${at}`, at);
    const kept = habitsOf("commands");
    expect(kept.size).toBe(100);
    expect(kept.has("c149")).toBe(true);
    expect(kept.has("c0")).toBe(false);
  });

  it("do not mind what another page left there", () => {
    for (const nonsense of ["{", "{}", '[1, ["a"], ["b", {"times": 1}]]']) {
      localStorage.setItem("nodegraph.habits.classes", nonsense);
      expect(habitsOf("classes").size).toBe(0);
    }
  });
});
