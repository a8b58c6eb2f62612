/** The options of a combo as a list shows them: by folder, and those that answer to what is sought. Knows no page. */

import Fuse from "fuse.js";

import type { ComboSpec } from "../../classes/types";
import { isList, writeJson, type Json } from "../../document/json";

export interface Option {
  readonly value: Json;
  /** All of it, as it stands in the workflow. */
  readonly text: string;
  /** The folders before its name; empty where there are none. */
  readonly folder: string;
  /** What is left of it below its folder. */
  readonly name: string;
}

export interface Folder {
  readonly folder: string;
  readonly options: readonly Option[];
}

export const textOf = (value: Json): string => (typeof value === "string" ? value : writeJson(value));

/** `files`: they are names of files, so what stands before a slash is a folder. */
export function optionOf(value: Json, files: boolean): Option {
  const text = textOf(value);
  const cut = files ? Math.max(text.lastIndexOf("/"), text.lastIndexOf("\\")) : -1;
  return { value, text, folder: cut < 0 ? "" : text.slice(0, cut), name: text.slice(cut + 1) };
}

/** A name may say which of the server's folders it is in: `a.png [output]`. The options are those of one folder only. */
const ELSEWHERE = / \[(input|output|temp)\]$/;

/** The value is not among the options, and not of those that need not be. */
export function isMissing(spec: ComboSpec, value: Json): boolean {
  if (spec.multiple && isList(value)) return value.some((each) => isMissing({ ...spec, multiple: undefined }, each));
  const text = textOf(value);
  if (spec.upload !== null && ELSEWHERE.test(text)) return false;
  return !spec.options.some((option) => textOf(option) === text);
}

/** Of a list of options: with `picked`, or without it where it was in it; in the order in which they are offered. */
export function toggled(spec: ComboSpec, value: Json, picked: Json): readonly Json[] {
  const chosen = isList(value) ? value : [];
  const text = textOf(picked);
  if (chosen.some((each) => textOf(each) === text)) return chosen.filter((each) => textOf(each) !== text);
  const place = (each: Json): number => spec.options.findIndex((option) => textOf(option) === textOf(each));
  return [...chosen, picked].toSorted((one, other) => place(one) - place(other));
}

/** All words of `sought` stand in it, in any order; where no option has them, those that come near. */
export function matching(options: readonly Option[], sought: string): readonly Option[] {
  const words = sought.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return options;
  const found = options.filter(({ text }) => {
    const letters = text.toLowerCase();
    return words.every((word) => letters.includes(word));
  });
  if (found.length > 0) {
    const first = words[0] ?? "";
    // What begins with what was typed is most likely meant. The sort keeps the order among equals.
    return found.toSorted((one, other) => rank(one, first) - rank(other, first));
  }
  const fuse = new Fuse(options, { keys: ["text"], threshold: 0.4, ignoreLocation: true });
  return fuse.search(sought.trim()).map(({ item }) => item);
}

/** In folders, in the order in which they come; those in none first. */
export function inFolders(options: readonly Option[]): readonly Folder[] {
  const folders = new Map<string, Option[]>([["", []]]);
  for (const option of options) {
    const folder = folders.get(option.folder);
    if (folder) folder.push(option);
    else folders.set(option.folder, [option]);
  }
  return Array.from(folders, ([folder, inside]) => ({ folder, options: inside })).filter(
    ({ options: inside }) => inside.length > 0,
  );
}

const rank = ({ name }: Option, word: string): number => (name.toLowerCase().startsWith(word) ? 0 : 1);
