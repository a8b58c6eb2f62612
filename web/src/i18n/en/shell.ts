/** What is said about the page around the canvas: header, server, language, first run. */
export const shell = {
  productName: "nodegraph",
  skipToCanvas: "Skip to the canvas",
  menu: "Menu",

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

  rail: "Panels",
  panels: { nodes: "Nodes", workflows: "Workflows", queue: "Queue", history: "History" },
  panelWithCount: (panel: string, n: number): string => `${panel} (${n})`,
  closePanel: "Close the panel",
};
