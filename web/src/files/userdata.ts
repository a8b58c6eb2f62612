/**
 * The user's workflows on the server. Paths begin in the folder of workflows, with `/` between folders. Knows no tabs.
 */

import type {
  DeletedList,
  ErrorAnswer,
  Gone,
  UserEntry,
  UserFile,
  UserListing,
  Version,
  VersionList,
} from "../protocol/schema";

const FOLDER = "workflows";

export class FileError extends Error {
  constructor(
    readonly kind: FileErrorKind,
    /** What the server has to say about it. */
    message: string,
    /** Of a conflict: what is there now; null where nothing is. */
    readonly etag: string | null = null,
  ) {
    super(message);
  }
}

export type FileErrorKind =
  | "unreachable"
  /** There is no such file. */
  | "missing"
  /** There is something of that name, or a folder is not empty. */
  | "occupied"
  /** The file is not what `match` says. */
  | "conflict"
  /** The disk is full, or the file too large. */
  | "full"
  | "refused";

/** What must be so for a file to be written: that it has this ETag, or that there is none. */
export type Condition = { readonly match: string } | "new";

export interface Content {
  readonly body: Blob;
  readonly etag: string;
}

/** All files and folders; throws FileError, as everything here. */
export async function listFiles(): Promise<UserEntry[]> {
  const { entries } = await askJson<UserListing>(`?path=${FOLDER}&recurse=true`);
  return entries.map((entry) => ({ ...entry, path: shown(entry.path) }));
}

/** A file, or a former content of it. */
export async function readFileAt(path: string, version?: number): Promise<Content> {
  const response = await ask(fileAt(path) + (version === undefined ? "" : `?version=${version}`));
  return { body: await response.blob(), etag: response.headers.get("ETag") ?? "" };
}

/** The ETag of what is there now; null where nothing is. */
export async function etagAt(path: string): Promise<string | null> {
  try {
    const response = await ask(fileAt(path), { method: "HEAD" });
    return response.headers.get("ETag");
  } catch (error) {
    if (error instanceof FileError && error.kind === "missing") return null;
    throw error;
  }
}

export async function writeFileAt(path: string, text: string, condition: Condition): Promise<UserFile> {
  const headers: HeadersInit = condition === "new" ? { "If-None-Match": "*" } : { "If-Match": condition.match };
  const response = await ask(fileAt(path), { method: "PUT", body: text, headers });
  const file = (await response.json()) as UserFile;
  return { ...file, path: shown(file.path) };
}

/** Rename a file or a folder, or put it elsewhere. */
export async function moveEntry(from: string, to: string): Promise<UserEntry> {
  const entry = await post<UserEntry>("/move", { from: kept(from), to: kept(to) });
  return { ...entry, path: shown(entry.path) };
}

/** Delete a file, or a folder with all that is in it. Workflows can be restored. */
export async function deleteEntry(path: string): Promise<void> {
  await ask(`${fileAt(path)}?recurse=true`, { method: "DELETE" });
}

export async function makeFolder(path: string): Promise<void> {
  await post("/folders", { path: kept(path) });
}

/** The former contents, the latest first. */
export async function versionsOf(path: string): Promise<readonly Version[]> {
  return (await askJson<VersionList>(`/versions/${encoded(kept(path))}`)).versions;
}

export async function restoreVersion(path: string, version: number): Promise<void> {
  await post("/restore", { path: kept(path), version });
}

/** The workflows that are gone and can be restored. */
export async function deletedFiles(): Promise<readonly Gone[]> {
  const { files } = await askJson<DeletedList>("/deleted");
  return files.filter(({ path }) => path.startsWith(`${FOLDER}/`)).map((gone) => ({ ...gone, path: shown(gone.path) }));
}

const kept = (path: string): string => `${FOLDER}/${path}`;
const shown = (path: string): string => path.slice(FOLDER.length + 1);
const encoded = (path: string): string => path.split("/").map(encodeURIComponent).join("/");
const fileAt = (path: string): string => `/files/${encoded(kept(path))}`;

async function askJson<T>(address: string): Promise<T> {
  return (await (await ask(address)).json()) as T;
}

async function post<T>(address: string, body: unknown): Promise<T> {
  const headers = { "Content-Type": "application/json" };
  return (await (await ask(address, { method: "POST", body: JSON.stringify(body), headers })).json()) as T;
}

async function ask(address: string, init?: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`/api/v1/userdata${address}`, init);
  } catch {
    throw new FileError("unreachable", "");
  }
  if (!response.ok) throw await refusal(response);
  return response;
}

const KINDS: Readonly<Record<number, FileErrorKind>> = {
  404: "missing",
  409: "occupied",
  412: "conflict",
  413: "full",
  507: "full",
};

async function refusal(response: Response): Promise<FileError> {
  const kind = KINDS[response.status] ?? "refused";
  try {
    const { error } = (await response.json()) as ErrorAnswer;
    const etag = error.extra_info.etag;
    return new FileError(kind, error.message, typeof etag === "string" ? etag : null);
  } catch {
    return new FileError(kind, `${response.status} ${response.statusText}`);
  }
}
