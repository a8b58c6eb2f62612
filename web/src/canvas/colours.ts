/**
 * Colours of types, nodes and groups, for light and dark. Files keep the colours of the dark page; on the light one the
 * same hue is shown lighter. Knows neither DOM nor canvas.
 */

export type Scheme = "light" | "dark";

/** The same colour for either page. */
export type Shades = Readonly<Record<Scheme, string>>;

/** For style sheets and `style`. */
export const css = ({ light, dark }: Shades): string => `light-dark(${light}, ${dark})`;

const TYPES: Readonly<Record<string, Shades>> = {
  MODEL: { light: "#7761c9", dark: "#a99be8" },
  CLIP: { light: "#a87f00", dark: "#e8c547" },
  VAE: { light: "#d24343", dark: "#f27878" },
  CONDITIONING: { light: "#c26a00", dark: "#f0a14b" },
  LATENT: { light: "#b944b3", dark: "#e58be0" },
  IMAGE: { light: "#1f7ad1", dark: "#6aaef0" },
  MASK: { light: "#2f8f45", dark: "#7cc98a" },
  CONTROL_NET: { light: "#0b8c6c", dark: "#63d9b2" },
  CLIP_VISION: { light: "#2c8391", dark: "#8ed0da" },
  CLIP_VISION_OUTPUT: { light: "#5d7d2e", dark: "#b9d68f" },
  STYLE_MODEL: { light: "#5c8a17", dark: "#bce08a" },
  NOISE: { light: "#707684", dark: "#b4b9c4" },
  GUIDER: { light: "#0c8a94", dark: "#66dfe6" },
  SAMPLER: { light: "#b3605f", dark: "#e6adad" },
  SIGMAS: { light: "#578a57", dark: "#bde3bd" },
  UPSCALE_MODEL: { light: "#8a6d3b", dark: "#d6b98a" },
  INT: { light: "#2b8296", dark: "#7fc6d6" },
  FLOAT: { light: "#3e7fa8", dark: "#93c4e6" },
  STRING: { light: "#4b8a5a", dark: "#9bd1a9" },
  BOOLEAN: { light: "#a0578f", dark: "#d9a3cb" },
  COMBO: { light: "#77708f", dark: "#b8b2cc" },
  AUDIO: { light: "#a3552b", dark: "#e0a284" },
  VIDEO: { light: "#46619f", dark: "#9db2e6" },
  "*": { light: "#6d7485", dark: "#a4aab8" },
};

const made = new Map<string, Shades>();

/** Of several types, the first; of one that nobody knows, always the same hue. */
export function colourOfType(type: string): Shades {
  const [first = "*"] = type.split(",");
  const known = TYPES[first] ?? made.get(first);
  if (known) return known;
  const hue = hueOf(first);
  const shades = { light: `hsl(${hue} 55% 40%)`, dark: `hsl(${hue} 55% 70%)` };
  made.set(first, shades);
  return shades;
}

function hueOf(text: string): number {
  let sum = 0;
  for (const letter of text) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 3600;
  return sum / 10;
}

/** Of a node's title or body as the file has it; null where it is no colour. */
export function colourOfNode(text: string | null): Shades | null {
  const colour = text === null ? null : parse(text);
  if (!colour) return null;
  return { dark: write(colour), light: write(lightened(colour)) };
}

/** What can be read on that colour. */
export function inkOn({ light, dark }: Shades): Shades {
  const ink = (ground: string): string => (luminance(parse(ground)) > 0.3 ? "#16181d" : "#eef0f5");
  return { light: ink(light), dark: ink(dark) };
}

type Rgb = readonly [red: number, green: number, blue: number];

/** `#rgb` and `#rrggbb`, with or without opacity, which is left out; files hold nothing else. */
function parse(text: string): Rgb | null {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])[0-9a-f]?$/i.exec(text);
  const long = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})(?:[0-9a-f]{2})?$/i.exec(text);
  const parts = (short ?? long)?.slice(1).map((part) => parseInt(part.padStart(2, part), 16));
  const [red, green, blue] = parts ?? [];
  return red === undefined || green === undefined || blue === undefined ? null : [red, green, blue];
}

const write = (rgb: Rgb): string => `#${rgb.map((part) => part.toString(16).padStart(2, "0")).join("")}`;

/** A dark colour becomes a tint of its hue, the lighter the darker it was: a light page is turned about. */
function lightened(rgb: Rgb): Rgb {
  const [high, low] = [Math.max(...rgb), Math.min(...rgb)];
  const lightness = (high + low) / 510;
  if (lightness > 0.5) return rgb;
  const hue = rgb.map((part) => (high === low ? 0 : (part - low) / (high - low)));
  const base = 236 - 120 * lightness;
  const tint = high === low ? 0 : 26;
  return hue.map((part) => Math.round(base - tint + 2 * tint * part * 0.75)).map(clamped) as unknown as Rgb;
}

const clamped = (part: number): number => Math.min(255, Math.max(0, part));

/** As WCAG defines it. */
function luminance(rgb: Rgb | null): number {
  const [red = 0, green = 0, blue = 0] = (rgb ?? []).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
