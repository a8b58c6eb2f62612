/** What is said about the widgets of nodes. */
import { count } from "../count";

export const widgets = {
  number: {
    noNumber: "not a number",
    comesTo: (value: string) => `= ${value}`,
    min: (value: string) => `at least ${value}`,
    max: (value: string) => `at most ${value}`,
    step: (value: string) => `nearest step: ${value}`,
  },
  seed: {
    random: "New random seed",
    last: (seed: string | undefined) =>
      seed === undefined ? "Use the seed of the last run" : `Use the last run’s: ${seed}`,
    renew: (label: string) => `New random ${label}`,
  },
  control: {
    title: "After each run",
    of: (label: string, control: string) => `${label} after each run: ${control}`,
    fixed: "Fixed",
    increment: "Increment",
    decrement: "Decrement",
    randomize: "Randomize",
    says: {
      fixed: "Stays the same after each run",
      increment: "Goes up after each run",
      decrement: "Goes down after each run",
      randomize: "Changes by chance after each run",
    },
  },
  combo: {
    none: "(none)",
    missing: (value: string) => `${value} is not there: choose another`,
    search: (options: number) => `Search ${count(options, "option", "options")}`,
    searchIn: (label: string) => `Search ${label}`,
    refresh: "Refresh the list",
    nothing: "Nothing found",
    more: (left: number) => `${left} more: type to narrow the list`,
  },
  picture: {
    upload: (label: string) => `Upload a file for ${label}`,
    uploadHint: "Upload a picture (or drop or paste one here)",
    uploading: (percent: number) => `Uploading… ${percent} %`,
    failed: (name: string) => `“${name}” could not be uploaded`,
    noServer: "The server cannot be reached.",
    mask: (label: string) => `Paint a mask for ${label}`,
    maskHint: "Paint a mask",
  },
  mask: {
    title: (name: string) => `Mask of ${name}`,
    close: "Close",
    loading: "Loading the picture",
    noPicture: (name: string) =>
      `“${name}” could not be loaded: the file may be gone, or the server cannot be reached.`,
    stage: "Picture with its mask",
    tool: "Tool",
    brush: "Brush",
    eraser: "Eraser",
    size: "Size",
    hardness: "Hardness",
    opacity: "Opacity",
    undo: "Undo",
    redo: "Redo",
    fill: "Mask everything",
    invert: "Invert",
    clear: "Clear",
    featherBy: "Feather by",
    feather: "Feather the mask",
    keys:
      "[ ] size · B brush · E eraser\nWheel zooms; middle button or space moves\n" +
      "Arrow keys move the brush, with Shift they paint\nEnter saves · Esc closes",
    zoomIn: "Zoom in",
    zoomOut: "Zoom out",
    fit: "Show all of it",
    cancel: "Cancel",
    save: "Save mask",
    notSaved: (reason: string) =>
      reason === "" ? "The mask could not be saved: the server cannot be reached." : reason,
    discard: "Discard what you painted?",
    goOn: "Go on painting",
    discardIt: "Discard",
    done: "Paint a mask",
  },
  tokens: {
    within: (tokens: number) => `${count(tokens, "token", "tokens")}, with start and end of 77`,
    over: (tokens: number, chunks: number) =>
      `${tokens} tokens: more than fit at once, so the text is encoded in ${chunks} parts`,
  },
  toggle: { on: "on", off: "off" },
  other: {
    json: "As JSON. Ctrl+Enter keeps it.",
    noJson: (reason: string) => `This is no JSON: ${reason}`,
    cancel: "Cancel",
    keep: "Keep",
  },
};
