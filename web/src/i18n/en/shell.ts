/** What is said about the page around the canvas: header, server, language, first run. */
export const shell = {};
