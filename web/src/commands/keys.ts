/**
 * Keys as commands name them: modifiers and one key, joined by `+`: `mod+shift+Z`, `?`, `alt+ArrowLeft`, `plus`. `mod`
 * is Ctrl, or ⌘ on a Mac. Knows no commands.
 *
 * Letters and digits go by what is printed on the key; where the keyboard's layout has another script (or the modifier
 * makes another character of it), by the key's place on a Latin keyboard. Other characters go by the character alone:
 * with which other keys it is typed is the layout's affair.
 */

export interface Key {
  readonly mod: boolean;
  readonly alt: boolean;
  readonly shift: boolean;
  /** Lower case. */
  readonly key: string;
}

export type KeyPress = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">;

export function parseKey(text: string): Key {
  const parts = text.toLowerCase().split("+");
  const key = parts.pop() ?? "";
  return {
    mod: parts.includes("mod"),
    alt: parts.includes("alt"),
    shift: parts.includes("shift"),
    key: NAMED[key] ?? key,
  };
}

export function matches({ mod, alt, shift, key }: Key, press: KeyPress): boolean {
  if (mod !== (press.ctrlKey || press.metaKey) || alt !== press.altKey) return false;
  const typed = press.key.toLowerCase();
  if (key.length > 1) return typed === key && press.shiftKey === shift;
  if (!/[a-z0-9]/.test(key)) return typed === key && (press.shiftKey || !shift);
  if (press.shiftKey !== shift) return false;
  return /^[a-z0-9]$/.test(typed) ? typed === key : press.code.toLowerCase() === placeOf(key);
}

/** The caps to be shown: `["Ctrl", "Shift", "Z"]`. */
export function capsOf(text: string, mac: boolean): string[] {
  const { mod, alt, shift, key } = parseKey(text);
  const caps = mac ? [mod && "⌘", alt && "⌥", shift && "⇧"] : [mod && "Ctrl", alt && "Alt", shift && "Shift"];
  return [...caps.filter((cap) => cap !== false), CAPS[key] ?? key.toUpperCase()];
}

/** As a screen reader wants it: `Control+Shift+Z`. */
export function ariaKeys(text: string, mac: boolean): string {
  const { mod, alt, shift, key } = parseKey(text);
  const names = [mod && (mac ? "Meta" : "Control"), alt && "Alt", shift && "Shift"];
  return [...names.filter((name) => name !== false), ARIA[key] ?? key.toUpperCase()].join("+");
}

export const isMac = (): boolean => /mac|iphone|ipad/i.test(navigator.userAgent);

const placeOf = (key: string): string => (/\d/.test(key) ? `digit${key}` : `key${key}`);

/** What cannot stand for itself between plus signs. */
const NAMED: Readonly<Record<string, string>> = { plus: "+", space: " " };

const CAPS: Readonly<Record<string, string>> = {
  enter: "Enter",
  escape: "Esc",
  delete: "Del",
  backspace: "Backspace",
  tab: "Tab",
  " ": "Space",
  arrowleft: "←",
  arrowright: "→",
  arrowup: "↑",
  arrowdown: "↓",
  pageup: "PgUp",
  pagedown: "PgDn",
};

const ARIA: Readonly<Record<string, string>> = {
  enter: "Enter",
  escape: "Escape",
  delete: "Delete",
  backspace: "Backspace",
  tab: "Tab",
  " ": "Space",
  "+": "Plus",
  arrowleft: "ArrowLeft",
  arrowright: "ArrowRight",
  arrowup: "ArrowUp",
  arrowdown: "ArrowDown",
};
