/** What is said about the canvas and what is drawn on it. */
export const canvas = {};
