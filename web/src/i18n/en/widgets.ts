/** What is said about the widgets of nodes. */
export const widgets = {};
