/** What is said about node classes, their sockets, and what is missing. */
export const classes = {};
