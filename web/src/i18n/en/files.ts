/** What is said about workflow files: tabs, saving, opening, the gallery. */
export const files = {
  untitled: (n: number) => (n === 1 ? "Untitled" : `Untitled ${n}`),

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
};
