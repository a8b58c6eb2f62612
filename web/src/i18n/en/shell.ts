/** What is said about the page around the canvas: header, server, language, first run. */
export const shell = {
  productName: "nodegraph",
  skipToCanvas: "Skip to the canvas",
  close: "Close",
  menu: "Menu",
  notLoaded: {
    title: "This part of the page could not be loaded",
    advice: "The server may have been updated since the page was opened, or did not answer. Reload the page.",
    reload: "Reload the page",
  },

  server: {
    heading: "Server",
    connecting: "Connecting…",
    open: "Connected",
    lost: "Disconnected",
    starting: "Starting…",
    noWorker: "Cannot run",
    lostAdvice: "Runs carry on meanwhile, and the page catches up when the server answers.",
    device: (name: string): string => ({ cpu: "CPU", mps: "Apple GPU" })[name] ?? name,
    runsOn: (device: string): string => `Runs on ${device}`,
    version: (version: string): string => `nodegraph ${version}`,
  },

  theme: {
    label: "Colours",
    toDark: "Use dark colours",
    toLight: "Use light colours",
    options: { auto: "As the system", light: "Light", dark: "Dark" },
  },
  language: { label: "Language", auto: "As the browser" },

  firstRun: {
    label: "First steps",
    title: "Press Queue for your first picture",
    more: "Then change the words in “Prompt” and queue again.",
    dismiss: "Dismiss",
  },

  settings: {
    title: "Settings",
    look: "Look",
    canvas: "Canvas",
    files: "Files",
    runs: "Runs",
    leftDrag: "Dragging with the left button where nothing is",
    leftDragOptions: { pan: "Moves the view", select: "Selects" },
    leftDragHint: "The other one is done with Ctrl held.",
    snap: "Nodes keep to the grid while they are dragged",
    minimap: "Show the minimap",
    previews: "Show pictures in progress in the nodes that make them",
    autosave: "Save workflows that have a file by themselves",
    autosaveHint: "What you change is kept as a draft in this browser in any case.",
    kept: "Kept on the server, for every browser you use.",
  },

  rail: "Panels",
  panels: { nodes: "Nodes", workflows: "Workflows", queue: "Queue", history: "History" },
  panelWithCount: (panel: string, n: number): string => `${panel}, ${n}`,
  closePanel: "Close the panel",
};
