/** Colours as the numbers that some nodes take, 0xRRGGBB, and as letters. Pure. */

export function colorOf(value: number): string {
  const bounded = Math.min(0xffffff, Math.max(0, Math.trunc(value)));
  return `#${bounded.toString(16).padStart(6, "0")}`;
}

/** `#rgb` and `#rrggbb`, with or without the opacity that such a number has no room for. */
export function numberOf(color: string): number {
  const digits = color.slice(1);
  const [r, g, b] = digits.length < 6 ? Array.from(digits, (digit) => digit + digit) : (digits.match(/../g) ?? []);
  return Number.parseInt(`${r ?? "00"}${g ?? "00"}${b ?? "00"}`, 16);
}
