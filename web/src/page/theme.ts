/** The page's look: one accent, quiet greys, soft corners. Everything else is the kit's own. */

import { Alert, Badge, Button, createTheme, Menu, Modal, Portal, type MantineColorsTuple } from "@mantine/core";

import { OVERLAYS_ID } from "../shell/Shell";

const iris: MantineColorsTuple = [
  "#eef0ff",
  "#dcdffa",
  "#b6bcf1",
  "#8e97e9",
  "#6d78e2",
  "#5865de",
  "#4d5bdc",
  "#3f4cc4",
  "#3743af",
  "#2c399b",
];

/** The kit's greys of dark mode, as cool as the page's own. */
const dark: MantineColorsTuple = [
  "#ced1d9",
  "#b9bdc7",
  "#969cab",
  "#6d7485",
  "#3c4250",
  "#343945",
  "#272b34",
  "#1b1e25",
  "#14161b",
  "#101217",
];

/** Words on a tint of their own colour. The kit's own have too little contrast there (WCAG 2.2, 1.4.3). */
function onTint(color = "iris"): string {
  const [dark, light] = [`var(--mantine-color-${color}-9)`, `var(--mantine-color-${color}-2)`];
  return `light-dark(color-mix(in srgb, ${dark} 80%, black), ${light})`;
}

export const theme = createTheme({
  primaryColor: "iris",
  primaryShade: { light: 6, dark: 5 },
  colors: { iris, dark },
  defaultRadius: "md",
  cursorType: "pointer",
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif",
  headings: { fontWeight: "650" },
  respectReducedMotion: true,
  components: {
    Badge: Badge.extend({
      vars: (_theme, { variant, color }) => ({ root: variant === "light" ? { "--badge-color": onTint(color) } : {} }),
    }),
    Button: Button.extend({
      vars: (_theme, { variant, color }) => ({ root: variant === "light" ? { "--button-color": onTint(color) } : {} }),
    }),
    Portal: Portal.extend({ defaultProps: { target: `#${OVERLAYS_ID}` } }),
    // Nothing but items is in a menu; the kit would put in something to hold the focus.
    Menu: Menu.extend({ defaultProps: { withInitialFocusPlaceholder: false } }),
    // A dialog's head is not the page's.
    Modal: Modal.extend({ defaultProps: { attributes: { header: { role: "presentation" } } } }),
    // A tint of its colour, on any ground; the kit's own is loud in dark mode.
    Alert: Alert.extend({
      // Paths and file names have no spaces to break at.
      styles: { body: { minWidth: 0, overflowWrap: "anywhere" } },
      vars: (_theme, { color = "iris" }) => ({
        root: {
          "--alert-bg": `color-mix(in srgb, var(--mantine-color-${color}-filled) 12%, var(--surface))`,
          "--alert-color": onTint(color),
        },
      }),
    }),
  },
});
