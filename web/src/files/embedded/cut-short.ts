/** A file ends before what it announces. */
export class CutShortError extends Error {}
