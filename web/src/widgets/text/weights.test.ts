import { describe, expect, it } from "vitest";

import { weigh, WEIGHT_STEP } from "./weights";

/** `|` is the caret, `[` and `]` are around what is selected. Answers in the same way. */
function press(marked: string, ...ways: ("up" | "down")[]): string {
  let text = marked.replaceAll(/[[\]|]/g, "");
  let start = marked.replace("|", "[").indexOf("[");
  let end = marked.includes("|") ? start : marked.indexOf("]") - 1;
  for (const way of ways) {
    const edit = weigh(text, start, end, way === "up" ? WEIGHT_STEP : -WEIGHT_STEP);
    if (!edit) continue;
    text = text.slice(0, edit.from) + edit.insert + text.slice(edit.to);
    ({ start, end } = edit);
  }
  const selected = text.slice(start, end);
  return text.slice(0, start) + (start === end ? "|" : `[${selected}]`) + text.slice(end);
}

describe("raising and lowering weights", () => {
  it("wraps the word at the caret", () => {
    expect(press("a red c|at sits", "up")).toBe("a red (c|at:1.05) sits");
    expect(press("cat|", "up")).toBe("(cat|:1.05)");
  });

  it("wraps what is selected, without the space around it", () => {
    expect(press("a[ red cat ]sits", "up")).toBe("a ([red cat]:1.05) sits");
    expect(press("[cat]", "down")).toBe("([cat]:0.95)");
  });

  it("goes on from the weight that is there", () => {
    expect(press("[cat]", "up", "up", "up")).toBe("([cat]:1.15)");
    expect(press("(a red c|at:1.2), night", "up")).toBe("(a red c|at:1.25), night");
    expect(press("[(cat:1.2)]", "up")).toBe("([cat]:1.25)");
    expect(press("(c|at)", "up")).toBe("(c|at:1.15)");
  });

  it("takes the parentheses away at 1", () => {
    expect(press("a ([cat]:1.05) sits", "down")).toBe("a [cat] sits");
    expect(press("a c|at sits", "up", "down")).toBe("a c|at sits");
  });

  it("changes the innermost of several, and stops at 0", () => {
    expect(press("(a (red:1.1) c|at:1.3)", "up")).toBe("(a (red:1.1) c|at:1.35)");
    expect(press("(a (r|ed:1.1) cat:1.3)", "up")).toBe("(a (r|ed:1.15) cat:1.3)");
    expect(press("([cat]:0.03)", "down", "down")).toBe("([cat]:0)");
  });

  it("leaves escaped parentheses and empty places alone", () => {
    expect(press(String.raw`cat \(big| one\)`, "up")).toBe(String.raw`cat \((big|:1.05) one\)`);
    expect(press("a , | b", "up")).toBe("a , | b");
  });

  it("weighs words of any script", () => {
    expect(press("一只猫|，夜晚", "up")).toBe("(一只猫|:1.05)，夜晚");
  });
});
