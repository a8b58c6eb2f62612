/** Every word the page says, in English. Another language is another object of this shape. */

const count = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;

export const en = {
  productName: "nodegraph",
  productLine: "Image generation as a graph of nodes",

  server: {
    heading: "Server",
    connecting: "Connecting…",
    open: "Connected",
    lost: "Disconnected",
    lostBanner: "The connection to the server was lost.",
    lostAdvice: "Trying again by itself. Runs carry on meanwhile, and the page catches up when the server answers.",
    neverReached: "The server does not answer.",
    neverReachedAdvice: "Is it still running? Start it with “nodegraph”; the page connects by itself.",
    queueEmpty: "Queue empty",
    queueLength: (n: number) => `${n} in queue`,
    starting: "Starting…",
    device: (name: string) => ({ cpu: "CPU", mps: "Apple GPU" })[name] ?? name,
    noWorker: "No worker",
    noWorkerBanner: "The server cannot run anything at the moment.",
  },

  colorScheme: { toDark: "Use dark colours", toLight: "Use light colours" },

  open: {
    button: "Open workflow…",
    another: "Open another…",
    heading: "Open a workflow to begin",
    hint: "Take an example, or drop a file here. A workflow’s JSON in either format, or a picture that was saved with its workflow.",
    dropNow: "Drop to open",
    failed: (file: string) => `${file} could not be opened`,
    reasons: {
      notJson: "It is neither JSON nor a PNG picture.",
      notAWorkflow: "It is JSON, but not a workflow: it has no nodes in API format or canvas format.",
      emptyWorkflow: "The workflow in it has no nodes.",
      noMetadata: "The picture carries no workflow. Pictures keep it only as the PNG they were saved as.",
      damagedPng: "The picture is cut short. Try downloading or copying it again.",
    },
  },

  examples: {
    heading: "Examples",
    about: {
      "text-to-image": "A picture from words",
      "batch-of-seeds": "Eight pictures from the same words",
      "negative-prompt": "One seed, without and with words for what to leave out",
      "prompt-weights": "One word that counts less, and more",
      "image-to-image": "A picture painted over another one",
      inpainting: "A part of a picture painted anew",
      "hires-fix": "Composed small, enlarged, and finished",
    } as Readonly<Record<string, string>>,
  },

  workflow: {
    heading: "Workflow",
    nodes: (n: number) => count(n, "node", "nodes"),
    formats: { api: "API format", canvas: "Canvas format" },
    close: "Close this workflow",
    queue: "Queue",
    queueAgain: "Queue again",
    cancel: "Cancel",
    cancelling: "Cancelling…",
    nodeList: "Nodes in this workflow",
    off: { muted: "Muted", bypassed: "Bypassed" },
  },

  node: {
    phases: {
      running: "Running",
      done: "Done",
      cached: "Unchanged, result kept",
      failed: "Failed",
      blocked: "Skipped",
    },
    idle: "Not run yet",
    invalid: "Needs attention",
    steps: (value: number, total: number) => `${value} of ${total}`,
    seconds: (seconds: number) => (seconds < 0.095 ? "< 0.1 s" : `${seconds.toFixed(1)} s`),
  },

  run: {
    heading: "Picture",
    phases: {
      waiting: "Waiting for its turn",
      running: "Running",
      done: "Done",
      failed: "Failed",
      cancelled: "Cancelled",
    },
    took: (seconds: number) => `Done in ${en.node.seconds(seconds)}`,
    progress: "Progress of the run",
    secondAttempt: (reason: string) => `Second attempt. ${reason}`,
    noneYet: "No picture yet",
    noneYetHint: "Open a workflow and queue it. The picture appears here as it forms.",
    refused: "Not queued yet",
    refusedHint: "What has to be put right first is listed beside the workflow.",
    nodesDone: (done: number, total: number) => `${done} of ${count(total, "node", "nodes")}`,
    ready: "Ready when you are",
    readyHint: "Queue the workflow and the picture appears here as it forms.",
    waitingHint: "It starts by itself when the queue comes to it.",
    preparing: "Preparing. The first run also loads the model.",
    cancelledHint: "Nothing was saved by this run. Queue it again whenever you like.",
    nothingToShow: "The run is done. It made nothing to show here.",
    previewAlt: "Preview of the picture in progress",
    previewCaption: "Preview",
    pictureAlt: (name: string) => `Picture ${name}`,
    pictures: "Pictures of this run",
    show: (name: string) => `Show ${name}`,
    download: "Download",
    fullSize: "Open full size",
    temporary: "Preview only: it is not kept in the output folder.",
  },

  failure: {
    inNode: (title: string) => `“${title}” could not finish`,
    inRun: "The run could not finish",
    details: "Technical details",
    defect: "This looks like a defect of nodegraph or of a node pack rather than of your workflow.",
  },

  problems: {
    heading: "The workflow cannot run yet",
    summary: "Put this right and queue again. If you change the workflow’s file, open it again first.",
    partly: "Queued, but part of the workflow was left out",
    warnings: "Queued, with a remark",
    useInstead: (file: string) => `Use ${file}`,
    orRun: "or run",
    copyCommand: "Copy the command",
    copied: "Copied",
    dismiss: "Dismiss",
    submitLost: "The workflow was not queued",
    submitLostAdvice: "The connection dropped before the server had it. Queue it again.",
  },

  models: {
    heading: "Checkpoints",
    none: "No checkpoint found yet",
    advice: "Put a checkpoint file (.safetensors) in",
    command: "nodegraph models add sd-1.5",
    orRun: "or run",
    reload: "Look again",
    unknown: "The list of checkpoints could not be read.",
  },
} as const;
