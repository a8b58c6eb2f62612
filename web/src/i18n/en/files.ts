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
    moveTo: "Move to",
    actions: (name: string) => `Actions for ${name}`,
  },

  open: {
    dropNow: "Drop to open",
    failed: (file: string) => `${file} could not be opened`,
    asPicture: "Load it as an image",
    noAnswer: "The server does not answer.",
    reasons: {
      notJson: "It is neither JSON nor a picture or a latent that carries a workflow.",
      notAWorkflow: "It is JSON, but not a workflow: it has no nodes in API format or canvas format.",
      emptyWorkflow: "The workflow in it has no nodes.",
      noMetadata:
        "The picture carries no workflow. Pictures keep it only as they were saved, as PNG, WebP, JPEG or AVIF; messengers and web pages often remove it.",
      noMetadataInTensors:
        "It holds tensors and carries no workflow with them. Saved latents do; models belong into the server’s folder of models.",
      damaged: "The file is cut short. Try downloading or copying it again.",
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

  nodes: (n: number) => count(n, "node", "nodes"),

  conflict: {
    heading: "This file was changed elsewhere",
    changed: (path: string) => `${path} has other content now than when you opened or last saved it.`,
    gone: (path: string) => `${path} is no longer there: it was deleted or has another name.`,
    yours: "Yours",
    theirs: "In the file",
    notSaved: "not saved",
    savedAt: (moment: string) => `saved ${moment}`,
    hint: "Whichever you choose, nothing is lost: what a file held stays among its former versions.",
    goneHint: "Your workflow is kept here until you save it.",
    later: "Decide later",
    saveAs: "Save mine as…",
    overwrite: "Overwrite with mine",
    writeAgain: "Write it again",
    beside: "Open theirs beside mine",
    mine: (title: string) => `${title} (mine)`,
  },

  versions: {
    heading: (title: string) => `Former versions of ${title}`,
    hint: "What a workflow held is kept whenever it is saved over. Restoring keeps the present content too.",
    none: "There are none yet. They appear when the workflow is saved over.",
    saved: "Saved",
    size: "Size",
    kilobytes: (n: number) => `${n} kB`,
    restore: "Restore",
    openOne: (moment: string) => `Open the version of ${moment}`,
    restoreOne: (moment: string) => `Restore the version of ${moment}`,
    title: (title: string, moment: string) => `${title}, ${moment}`,
  },

  gallery: {
    heading: "Examples",
    none: "The server has no examples.",
    titles: {
      "text-to-image": "Text to image",
      "batch-of-seeds": "Batch of seeds",
      "negative-prompt": "Negative prompt",
      "prompt-weights": "Prompt weights",
      "image-to-image": "Image to image",
      inpainting: "Inpainting",
      "hires-fix": "Hires fix",
      "learn-noise": "Learn: noise",
      "learn-steps": "Learn: steps",
      "learn-attention": "Learn: attention",
      "learn-schedules": "Learn: schedules",
      "learn-between": "Learn: between",
      "learn-autoencoder": "Learn: autoencoder",
      "learn-clip": "Learn: CLIP",
    } as Readonly<Record<string, string>>,
    about: {
      "text-to-image": "A picture from words",
      "batch-of-seeds": "Eight pictures from the same words",
      "negative-prompt": "One seed, without and with words for what to leave out",
      "prompt-weights": "One word that counts less, and more",
      "image-to-image": "A picture painted over another one",
      inpainting: "A part of a picture painted anew",
      "hires-fix": "Composed small, enlarged, and finished",
      "learn-noise": "Noise on a picture, and what the network takes for it",
      "learn-steps": "What each step is given, and what it makes of it",
      "learn-attention": "Which word is listened to where",
      "learn-schedules": "How noise falls from step to step",
      "learn-between": "From one seed to another, from one prompt to another",
      "learn-autoencoder": "What a picture loses on the way to a latent and back",
      "learn-clip": "How alike pictures and texts are",
    } as Readonly<Record<string, string>>,
  },

  welcome: {
    heading: "Open a workflow to begin",
    hint: "Take an example, or drop files anywhere: a workflow’s JSON in either format, or a picture that was saved with its workflow.",
  },

  openDialog: {
    heading: "Open workflow",
    search: "Search your workflows",
    fromComputer: "From this computer…",
    pasted: "Pasted workflow",
    hint: "A workflow’s text can be pasted into the search, and files can be dropped anywhere on the page.",
  },

  panel: {
    heading: "Workflows",
    search: "Search workflows",
    found: "Workflows found",
    noneFound: "No workflow is called that.",
    empty: "You have saved no workflow yet. Ctrl+S saves the one that is open.",
    refresh: "Look again",
    folderName: "Name of the new folder",
    deleted: (n: number) => `Deleted (${n})`,
    restoreOne: (title: string) => `Restore ${title}`,
  },

  banners: {
    draftsLost:
      "This browser no longer keeps what is not saved: it refuses or its storage is full. Save your workflows.",
    recovered: (titles: string, moment: string) => `Recovered from a window that was closed (${moment}): ${titles}`,
    discard: "Discard",
    dismiss: "Dismiss",
    openElsewhere: (path: string) => `${path} is open in another window too. Whoever saves second will be asked.`,
    changed: (path: string) => `${path} was changed elsewhere.`,
    gone: (path: string) => `${path} is no longer there. Your workflow is kept in this browser.`,
    load: "Load it",
    decide: "Decide…",
  },

  missing: {
    heading: "What this workflow lacks",
    summary: (classes: number, models: number) =>
      [classes && count(classes, "class of nodes", "classes of nodes"), models && count(models, "file", "files")]
        .filter(Boolean)
        .join(" and ") + " that this workflow asks for cannot be found here. The rest is whole.",
    show: "What to do…",
    hint: "Nothing of the workflow is lost: what is not known here is kept as the file has it. Parts that need none of this can be run.",
    nothing: "Everything this workflow asks for is there.",
    classes: "Unknown classes of nodes",
    files: "Missing models and pictures",
    values: "Values that the server would refuse",
    about: (pack: string) => `About ${pack}`,
    command: "This brings it. Type it on the server’s computer, then press R here to look again:",
    download: "Where it can be had",
    upload: "Choose another picture in the node, or upload this one there.",
    noSource: "The file does not say where it can be had. Choose another one in the node.",
    alike: (names: string) => `There is one of that name: ${names}`,
    showNode: (title: string) => `Show ${title}`,
    idle: "switched off",
    copy: "Copy the command",
    copied: "Copied",
  },
};
