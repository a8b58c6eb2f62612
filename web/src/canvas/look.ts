/** What the DOM and the canvas must agree upon, so that a node looks the same drawn by either. */

import type { Scheme } from "./colours";

/** From here on nodes stand in the DOM; below, 12 px of text come out at less than 6 and a drawing tells as much. */
export const DOM_SCALE = 0.5;
/** Below this a row is less than four pixels high, and only the box is drawn. */
export const ROW_SCALE = 0.2;
/** Below this a title has room for no more than a few letters. */
export const TITLE_SCALE = 0.2;

export interface Look {
  readonly scheme: Scheme;
  readonly ground: string;
  readonly dots: string;
  readonly body: string;
  readonly title: string;
  readonly row: string;
  readonly edge: string;
  readonly ink: string;
  readonly dim: string;
  readonly accent: string;
  readonly accentSoft: string;
  readonly running: string;
  readonly failed: string;
  readonly group: string;
}

/** The same as in canvas.module.css. */
export const LOOKS: Readonly<Record<Scheme, Look>> = {
  light: {
    scheme: "light",
    ground: "#f5f6f9",
    dots: "#d9dde6",
    body: "#ffffff",
    title: "#eceef3",
    row: "#f1f2f6",
    edge: "#ccd1dc",
    ink: "#23262d",
    dim: "#5b6270",
    accent: "#4d5bdc",
    accentSoft: "rgb(77 91 220 / 14%)",
    running: "#0f8a4b",
    failed: "#c22a1f",
    group: "#7c8499",
  },
  dark: {
    scheme: "dark",
    ground: "#14161b",
    dots: "#262a33",
    body: "#22252d",
    title: "#2f3440",
    row: "#181a20",
    edge: "#3c4250",
    ink: "#ced1d9",
    dim: "#969cab",
    accent: "#8e97e9",
    accentSoft: "rgb(142 151 233 / 16%)",
    running: "#4bd48d",
    failed: "#ff6b60",
    group: "#8a91a3",
  },
};

export const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif";
