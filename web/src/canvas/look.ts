/** From which scale on what is drawn how. */

/** From here on nodes stand in the DOM; below, 12 px of text come out at less than 6 and a drawing tells as much. */
export const DOM_SCALE = 0.5;
/** Below this a row is less than four pixels high, and only the box is drawn. */
export const ROW_SCALE = 0.2;
