/** Why something that was to be opened holds no workflow. */

/** A key of the page's strings. */
export type NoWorkflowReason =
  | "notJson"
  | "notAWorkflow"
  | "emptyWorkflow"
  | "noMetadata"
  | "noMetadataInTensors"
  | "damaged"
  | "unreadable"
  | "notConverted";

export class NoWorkflowError extends Error {
  constructor(
    readonly reason: NoWorkflowReason,
    /** What someone else had to say about it. */
    readonly details = "",
  ) {
    super(reason);
  }
}
