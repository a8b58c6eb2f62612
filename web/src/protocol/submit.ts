import type { Submit } from "./schema";

/** What is asked for beside the workflow. */
export interface SubmitOptions {
  readonly job: string;
  /** What a person calls the workflow. */
  readonly title: string;
  readonly front: boolean;
  /** Run only these nodes and what they need; null: all outputs. */
  readonly targets: readonly string[] | null;
}

/**
 * A submit message that carries a canvas file as its own text, so that no number in it passes through JavaScript. Its
 * job's id is its idempotency key too: sent twice, it makes one job.
 */
export function submitText(workflow: string, { job, title, front, targets }: SubmitOptions): string {
  const message: Submit = {
    type: "submit",
    id: job,
    job,
    key: job,
    events: false,
    ...(front && { front }),
    ...(targets !== null && { targets: [...targets] }),
    extra_data: { title },
  };
  return `${JSON.stringify(message).slice(0, -1)},"workflow":${workflow}}`;
}
