/** The models that a file says it uses, and what brings one. A file is anyone's: nothing of it may do more than name. */

import { graphsOf } from "../document/definitions";
import { isObject, toList, toText, type Json } from "../document/json";
import { ROOT } from "../document/records";
import type { DocumentReader } from "../document/store";

export interface ModelFile {
  readonly name: string;
  readonly url: string;
  /** The kind of model, as folders are called: `checkpoints`. */
  readonly directory: string;
  /** Its SHA-256; null: the file does not say. */
  readonly sha256: string | null;
}

/** By name without folders: what nodes say of themselves, and what the file says as a whole. */
export function knownFiles(document: DocumentReader): Map<string, ModelFile> {
  const files = new Map<string, ModelFile>();
  const take = (listed: Json | undefined): void => {
    for (const entry of toList(listed)) {
      const file = readFile(entry);
      const name = baseName(file?.name ?? "");
      if (file !== null && !files.has(name)) files.set(name, file);
    }
  };
  take(document.root().source.get("models"));
  for (const graph of graphsOf(document, ROOT)) {
    for (const { properties } of document.members(graph, "node")) take(properties.get("models"));
  }
  return files;
}

function readFile(entry: Json): ModelFile | null {
  if (!isObject(entry)) return null;
  const [name, url, directory] = ["name", "url", "directory"].map((key) => toText(entry.get(key)));
  const hash = toText(entry.get("hash")).toLowerCase();
  const sha256 = toText(entry.get("hash_type")).toLowerCase() === "sha256" && /^[0-9a-f]{64}$/.test(hash) ? hash : null;
  return name && url ? { name, url, directory: directory ?? "", sha256 } : null;
}

/** The command that brings a file, to be pasted into a shell; null where its address is none. */
export function modelCommand({ url, directory, sha256, name }: ModelFile, wanted = name): string | null {
  if (!isWebAddress(url)) return null;
  const parts = ["nodegraph models add", quoted(url)];
  if (/^[\w-]+$/.test(directory)) parts.push(`--kind ${directory}`);
  if (!isCalled(url, wanted)) parts.push(`--name ${quoted(wanted.replaceAll("\\", "/"))}`);
  if (sha256 !== null) parts.push(`--sha256 ${sha256}`);
  return parts.join(" ");
}

function isWebAddress(url: string): boolean {
  return URL.canParse(url) && new URL(url).protocol === "https:";
}

/** Whether a file from there is called so without being told. */
function isCalled(url: string, name: string): boolean {
  const last = new URL(url).pathname.split("/").at(-1);
  return last === name || last === encodeURIComponent(name);
}

export function baseName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}

/** As one word of a shell, whatever is in it. */
function quoted(text: string): string {
  const plain = text.replaceAll(/\p{Cc}/gu, "");
  return /^[\w@%+=:,./-]+$/.test(plain) && !plain.startsWith("-") ? plain : `'${plain.replaceAll("'", `'\\''`)}'`;
}
