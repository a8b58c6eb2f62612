/** What is said about commands: their names, the palette, the sheet of shortcuts. */
export const commands = {};
