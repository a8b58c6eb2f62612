/** A picture ends before what it announces. */
export class CutShortError extends Error {}
