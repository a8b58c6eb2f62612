/** What can be done to the queue as a whole, and to jobs that wait or have ended. What came of it is told by events. */

import { notifications } from "@mantine/notifications";

import { strings } from "../i18n/language";
import type { JobAccepted, Move } from "../protocol/schema";

export const pauseQueue = (): Promise<boolean> => send("POST", "/api/v1/queue/pause", {});
export const resumeQueue = (): Promise<boolean> => send("POST", "/api/v1/queue/resume");
export const clearQueue = (): Promise<boolean> => send("POST", "/api/v1/queue/clear");

/** Stop a job over HTTP: for jobs that wait. */
export const removeJob = (job: string): Promise<boolean> => send("POST", `${pathOf(job)}/cancel`);
/** Forget a job that has ended; the files it saved stay. */
export const deleteJob = (job: string): Promise<boolean> => send("DELETE", pathOf(job));
export const moveJob = (job: string, move: Partial<Move>): Promise<boolean> => send("PATCH", pathOf(job), move);

/** The job that does the same once more; null where there is none. */
export async function retryJob(job: string): Promise<string | null> {
  const response = await ask("POST", `${pathOf(job)}/retry`);
  return response && ((await response.json()) as JobAccepted).job;
}

const pathOf = (job: string): string => `/api/v1/jobs/${encodeURIComponent(job)}`;

/** Whether the server did it. */
const send = async (method: string, path: string, body?: unknown): Promise<boolean> =>
  (await ask(method, path, body)) !== null;

/** The server's answer; null where it did not do it, of which the reason is shown. */
async function ask(method: string, path: string, body?: unknown): Promise<Response | null> {
  let reason: string;
  try {
    const response = await fetch(path, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
    });
    if (response.ok) return response;
    reason = await reasonOf(response);
  } catch {
    reason = strings().run.notConnected.advice;
  }
  notifications.show({ color: "red", title: strings().run.notDone, message: reason });
  return null;
}

async function reasonOf(response: Response): Promise<string> {
  try {
    const { error } = (await response.json()) as { error?: { message?: string } };
    return error?.message ?? response.statusText;
  } catch {
    return response.statusText;
  }
}
