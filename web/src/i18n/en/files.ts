import { count } from "../count";

/** What is said about workflow files: tabs, saving, opening, the gallery. */
export const files = {
  untitled: (n: number) => (n === 1 ? "Untitled" : `Untitled ${n}`),
  copyOf: (title: string, n: number) => (n === 1 ? `${title} (copy)` : `${title} (copy ${n})`),
  undo: "Undo",

  tabs: {
    heading: "Open workflows",
    add: "New workflow",
    all: (n: number) => `All ${n} open workflows`,
    close: (title: string) => `Close ${title}`,
    changed: "not saved",
    newName: "New name",
  },

  menu: {
    save: "Save",
    saveAs: "Save as…",
    rename: "Rename",
    duplicate: "Duplicate",
    versions: "Former versions…",
    exportCanvas: "Export workflow",
    exportApi: "Export in API format",
    moveLeft: "Move left",
    moveRight: "Move right",
    close: "Close",
    closeOthers: "Close others",
    open: "Open",
    remove: "Delete",
    newFolder: "New folder",
    actions: (name: string) => `Actions for ${name}`,
  },

  open: {
    failed: (file: string) => `${file} could not be opened`,
    noAnswer: "The server does not answer.",
    reasons: {
      notJson: "It is neither JSON nor a picture that carries a workflow.",
      notAWorkflow: "It is JSON, but not a workflow: it has no nodes in API format or canvas format.",
      emptyWorkflow: "The workflow in it has no nodes.",
      noMetadata:
        "The picture carries no workflow. Pictures keep it only as they were saved, as PNG, WebP or JPEG; messengers and web pages often remove it.",
      damagedPicture: "The picture is cut short. Try downloading or copying it again.",
      unreadable: "It could not be read. Is it a folder, or has it been moved?",
      notConverted: "The server could not lay it out as a graph.",
    },
  },

  save: {
    done: (title: string) => `Saved ${title}`,
    failed: (title: string) => `${title} could not be saved`,
    unreachable: "The server does not answer.",
    draftKept: "Nothing is lost: this browser keeps your changes until you can save them.",
  },

  saveAs: {
    heading: "Save workflow as",
    name: "Name",
    folder: "Folder",
    top: "Workflows",
    save: "Save",
    cancel: "Cancel",
    taken: (path: string) => `There is a file ${path} already.`,
    replace: "Replace it",
    replaceHint: "What it holds now stays among its former versions.",
  },

  closing: {
    heading: "Save changes before closing?",
    one: (title: string) => `“${title}” has changes that are not saved.`,
    many: "These have changes that are not saved:",
    save: "Save",
    saveAll: "Save all",
    discard: "Discard changes",
    cancel: "Cancel",
  },

  exporting: {
    failed: (title: string) => `${title} could not be exported`,
  },

  manage: {
    failed: (name: string) => `It did not work for ${name}`,
    deleted: (title: string) => `Deleted ${title}`,
  },

  count: (n: number) => count(n, "workflow", "workflows"),
};
