/** What is said about workflow files: tabs, saving, opening, the gallery. */
export const files = {};
