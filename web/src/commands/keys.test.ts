import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { ariaKeys, capsOf, matches, parseKey, type KeyPress } from "./keys";

const press = (key: string, code: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

const ctrl = { ctrlKey: true };

describe("a key", () => {
  it("is heard with exactly its modifiers", () => {
    fc.assert(
      fc.property(fc.boolean(), fc.boolean(), fc.boolean(), (ctrlKey, altKey, shiftKey) => {
        const event = press(shiftKey ? "Z" : "z", "KeyZ", { ctrlKey, altKey, shiftKey });
        expect(matches(parseKey("mod+Z"), event)).toBe(ctrlKey && !altKey && !shiftKey);
        expect(matches(parseKey("mod+shift+Z"), event)).toBe(ctrlKey && !altKey && shiftKey);
        expect(matches(parseKey("Z"), event)).toBe(!ctrlKey && !altKey && !shiftKey);
      }),
    );
  });

  it("is the one that is printed on it", () => {
    // AZERTY has its Z where a Latin keyboard has W.
    expect(matches(parseKey("mod+Z"), press("z", "KeyW", ctrl))).toBe(true);
    expect(matches(parseKey("mod+W"), press("z", "KeyW", ctrl))).toBe(false);
  });

  it("goes by its place where the layout has another script", () => {
    expect(matches(parseKey("mod+Z"), press("я", "KeyZ", ctrl))).toBe(true);
    expect(matches(parseKey("alt+N"), press("Dead", "KeyN", { altKey: true }))).toBe(true);
    expect(matches(parseKey("mod+1"), press("&", "Digit1", ctrl))).toBe(true);
  });

  it("that is a sign goes by the sign, however it is typed", () => {
    expect(matches(parseKey("?"), press("?", "Slash", { shiftKey: true }))).toBe(true); // American
    expect(matches(parseKey("?"), press("?", "Minus", { shiftKey: true }))).toBe(true); // German
    expect(matches(parseKey("?"), press("/", "Slash"))).toBe(false);
    expect(matches(parseKey("alt+plus"), press("+", "Equal", { altKey: true, shiftKey: true }))).toBe(true);
  });

  it("with a name is heard by that", () => {
    expect(matches(parseKey("mod+shift+Enter"), press("Enter", "NumpadEnter", { ...ctrl, shiftKey: true }))).toBe(true);
    expect(matches(parseKey("mod+Enter"), press("Enter", "Enter", { ...ctrl, shiftKey: true }))).toBe(false);
    expect(matches(parseKey("space"), press(" ", "Space"))).toBe(true);
  });

  it("is ⌘ on a Mac where it is Ctrl elsewhere", () => {
    expect(matches(parseKey("mod+K"), press("k", "KeyK", { metaKey: true }))).toBe(true);
    expect(capsOf("mod+shift+Z", false)).toEqual(["Ctrl", "Shift", "Z"]);
    expect(capsOf("mod+shift+Z", true)).toEqual(["⌘", "⇧", "Z"]);
    expect(capsOf("alt+ArrowLeft", false)).toEqual(["Alt", "←"]);
    expect(ariaKeys("mod+plus", false)).toBe("Control+Plus");
  });
});
