/**
 * Finds node classes by a few letters of what they are called, of what else they are known by, of their category, or by
 * the types of their sockets: `latent →` takes one, `→ image` gives one, `latent → image` does both. Knows
 * neither documents nor habits.
 */

import Fuse from "fuse.js";

import type { InputSpec, NodeClass } from "./types";

/** Finds among some classes, best first; where nothing is asked for, all of them as they were given. */
export type ClassSearch = (query: string) => NodeClass[];

/** To be made once for the classes, and asked at each letter. */
export function classSearch(classes: Iterable<NodeClass>): ClassSearch {
  const all = Array.from(classes);
  const fuse = new Fuse(all, {
    keys: [
      { name: "title", weight: 4 },
      { name: "id", weight: 3, getFn: ({ id }) => [id, wordsIn(id)] },
      { name: "aliases", weight: 2, getFn: ({ aliases }) => [...aliases] },
      { name: "category", weight: 1, getFn: ({ category }) => [...category] },
      { name: "gives", weight: 0.8, getFn: ({ outputs }) => typesOf(outputs) },
      { name: "takes", weight: 0.5, getFn: ({ inputs }) => typesOf(inputs.flatMap(withMembers)) },
    ],
    useTokenSearch: true,
    tokenMatch: "all",
    threshold: 0.3,
    ignoreLocation: true,
    includeScore: true,
  });
  return (query) => {
    const { text, takes, gives } = readQuery(query);
    const fits = (nodeClass: NodeClass): boolean =>
      (takes === "" || takesType(nodeClass, takes)) && (gives === "" || givesType(nodeClass, gives));
    if (text === "") return all.filter(fits);
    return fuse
      .search(text)
      .filter(({ item }) => fits(item))
      .map(({ item, score = 1 }) => ({ item, score: score - headStart(item, text) + reserve(item) }))
      .sort((one, other) => one.score - other.score)
      .map(({ item }) => item);
  };
}

interface Query {
  /** What is asked for by name. */
  readonly text: string;
  readonly takes: string;
  readonly gives: string;
}

const ARROW = /→|->|=>/;

function readQuery(query: string): Query {
  const [left = "", right] = query.toLowerCase().split(ARROW, 2);
  const before = left.split(/\s+/).filter((word) => word !== "");
  if (right === undefined) return { text: before.join(" "), takes: "", gives: "" };
  const after = right.split(/\s+/).filter((word) => word !== "");
  const [takes = "", gives = ""] = [before.pop(), after.shift()];
  return { text: [...before, ...after].join(" "), takes, gives };
}

/** A name that is what is asked for is meant first, then one that begins with it, then one of which a word does. */
function headStart({ title, id, aliases }: NodeClass, asked: string): number {
  const names = [title, id, ...aliases].map((name) => name.toLowerCase());
  if (names.includes(asked)) return 3;
  if (names.some((name) => name.startsWith(asked))) return 2;
  const starts = `${title} ${wordsIn(id)}`.toLowerCase().split(/[\s()/_-]+/);
  return asked.split(" ").every((word) => starts.some((start) => start.startsWith(word))) ? 1 : 0;
}

/** What is no longer or not yet to be used stands back. */
const reserve = ({ deprecated, experimental }: NodeClass): number => (deprecated ? 5 : 0) + (experimental ? 0.2 : 0);

/** `CLIPTextEncode` as `CLIP Text Encode`. */
function wordsIn(id: string): string {
  return id.replaceAll(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_/g, " ");
}

function takesType({ inputs }: NodeClass, type: string): boolean {
  return inputs.flatMap(withMembers).some((input) => isType(input.type, type));
}

function givesType({ outputs }: NodeClass, type: string): boolean {
  return outputs.some((output) => isType(output.type, type));
}

function withMembers(input: InputSpec): InputSpec[] {
  const { members } = input;
  if (members === undefined) return [input];
  const inner = members.kind === "growing" ? [members.template.input] : [...members.byOption.values()].flat();
  return [input, ...inner.flatMap(withMembers)];
}

/** One of several types, or the beginning of its name. */
function isType(types: string, asked: string): boolean {
  return types
    .toLowerCase()
    .split(",")
    .some((type) => type.trim().startsWith(asked));
}

function typesOf(sockets: readonly { readonly type: string }[]): string[] {
  const types = sockets.flatMap(({ type }) => type.split(","));
  return [...new Set(types)].filter((type) => !PLAIN.has(type));
}

/** Of which nearly every class has some. */
const PLAIN: ReadonlySet<string> = new Set(["*", "INT", "FLOAT", "STRING", "BOOLEAN", "COMBO"]);
