/** What the page asks for over HTTP: pictures and present states. Everything that happens comes over the socket. */

import type { JobList, JobView, QueueView, ServerStatus } from "../protocol/schema";
import type { Picture } from "../state/run";

export function pictureUrl({ filename, subfolder, type, owner }: Picture): string {
  return `/api/view?${new URLSearchParams({ filename, subfolder, type, ...(owner && { owner }) }).toString()}`;
}

/** The same no larger than `side`, and light. */
export function thumbnailUrlOf(picture: Picture, side = 256): string {
  return `${pictureUrl(picture)}&preview=webp%3B80&side=${side}`;
}

/** Null when the server could not be asked. */
export async function fetchStatus(): Promise<ServerStatus | null> {
  try {
    return await fetchJson<ServerStatus>("/api/v1/status");
  } catch {
    return null;
  }
}

/** Null when the server could not be asked. */
export async function fetchQueue(): Promise<QueueView | null> {
  try {
    return await fetchJson<QueueView>("/api/v1/queue");
  } catch {
    return null;
  }
}

export interface EndedQuery {
  /** Words that a job's title, prompt or files have. */
  readonly search: string;
  readonly limit: number;
  /** `next` of an earlier answer. */
  readonly before?: string;
}

/** Jobs that have ended, the latest first. Null when the server could not be asked. */
export async function fetchEnded({ search, limit, before }: EndedQuery, signal?: AbortSignal): Promise<JobList | null> {
  const query = new URLSearchParams({ ended: "true", limit: String(limit) });
  if (search.trim() !== "") query.set("q", search.trim());
  if (before !== undefined) query.set("before", before);
  try {
    return await fetchJson<JobList>(`/api/v1/jobs?${query.toString()}`, signal);
  } catch {
    return null;
  }
}

/** What a job was asked to do, as the server's own text. Null when it could not be had. */
export async function fetchRequest(job: string): Promise<string | null> {
  try {
    const response = await fetch(`/api/v1/jobs/${encodeURIComponent(job)}/request`);
    return response.ok ? await response.text() : null;
  } catch {
    return null;
  }
}

/** How a job stands; `unknown` when the server has no such job, null when it could not be asked. */
export async function fetchJob(job: string): Promise<JobView | "unknown" | null> {
  try {
    const response = await fetch(`/api/v1/jobs/${encodeURIComponent(job)}`);
    if (response.status === 404) return "unknown";
    return response.ok ? ((await response.json()) as JobView) : null;
  } catch {
    return null;
  }
}

async function fetchJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await fetch(path, { signal: signal ?? null });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return (await response.json()) as T;
}
