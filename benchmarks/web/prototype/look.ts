/** Measures and colours that the DOM and the canvas must agree upon, so that a node looks the same drawn by either. */

import type { GraphNode } from "./graph.ts";

export const TITLE_HEIGHT = 30;
export const ROW_HEIGHT = 20;
export const WIDGET_HEIGHT = 24;

/** From here on nodes stand in the DOM; below, 12 px of text come out at less than 6 and a drawing tells as much. */
export const DOM_SCALE = 0.5;
/** Below this not even a title of 13 px can be read. */
export const TITLE_SCALE = 0.4;
/** Below this a row is less than four pixels high, and only the box is drawn. */
export const ROW_SCALE = 0.2;

export const COLOURS = {
  body: "#272b34",
  title: "#343945",
  row: "#1b1e25",
  edge: "#3c4250",
  text: "#ced1d9",
} as const;

const TYPE_COLOURS: Readonly<Record<string, string>> = {
  MODEL: "#a99be8",
  CLIP: "#e8c547",
  VAE: "#ee6f6f",
  CONDITIONING: "#f0a14b",
  LATENT: "#e58be0",
  IMAGE: "#6aaef0",
};

export const colourOf = (type: string): string => TYPE_COLOURS[type] ?? "#969cab";

/** Where the middle of the socket's dot lies below the node's `y`. */
export const socketY = (index: number): number => 4 + ROW_HEIGHT * (index + 0.5);

/** Where the first widget begins below the node's `y`. */
export const widgetsY = ({ inputs, outputs }: GraphNode): number =>
  6 + ROW_HEIGHT * Math.max(inputs.length, outputs.length);
