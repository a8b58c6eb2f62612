import { beforeEach, describe, expect, it } from "vitest";

import { chose, foremost, habitsOf, withHabits } from "./habits";

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

  it("lift what was found and is often chosen, by a few places at most", () => {
    const found = ["A", "B", "C", "D", "E", "F"].map((id) => ({ id }));
    const habits = new Map([
      ["C", { times: 1, last: 0 }],
      ["F", { times: 90, last: 0 }],
    ]);
    expect(withHabits(found, habits).map(({ id }) => id)).toEqual(["A", "B", "C", "F", "D", "E"]);
    expect(withHabits(found, new Map())).toEqual(found);
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
