/** The OpenAPI document, as far as the page reads it: its operations in groups, and what of it matches some words. */

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
}

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

type Content = Readonly<Record<string, { readonly schema?: Schema }>>;

export interface Answer {
  readonly $ref?: string;
  readonly description?: string;
  readonly content?: Content;
}

interface Described {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, Answer>>;
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
}

export interface ApiDocument {
  readonly info: { readonly version: string };
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly responses: Readonly<Record<string, Answer>>;
  };
}

export interface Operation extends Described {
  readonly method: string;
  readonly path: string;
}

export interface Group {
  readonly name: string;
  readonly operations: readonly Operation[];
}

/** The operations under their headings, in the order of the document. */
export function groupsOf(document: ApiDocument): readonly Group[] {
  const all = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => ({ ...described, method: method.toUpperCase(), path })),
  );
  return document.tags.map(({ name }) => ({ name, operations: all.filter(({ tags }) => tags.includes(name)) }));
}

/** What has all the words, in its path, name, summary, description or the names of its parameters. */
export function matching(groups: readonly Group[], text: string): readonly Group[] {
  const has = (operation: Operation): boolean =>
    saysAll(text, [
      operation.method,
      operation.path,
      operation.operationId,
      operation.summary,
      operation.description ?? "",
      ...(operation.parameters ?? []).map(({ name }) => name),
    ]);
  return groups
    .map(({ name, operations }) => ({ name, operations: operations.filter(has) }))
    .filter(({ operations }) => operations.length > 0);
}

/** The types that have all the words, in their name, description or the names of their fields. */
export function matchingTypes(document: ApiDocument, text: string): readonly [string, Schema][] {
  return Object.entries(document.components.schemas).filter(([name, { description = "", properties = {} }]) =>
    saysAll(text, [name, description, ...Object.keys(properties)]),
  );
}

function saysAll(text: string, parts: readonly string[]): boolean {
  const said = parts.join("\n").toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => said.includes(word));
}

/** The scope a client's token needs; null: it needs no token. */
export function scopeOf(operation: Operation): string | null {
  for (const way of operation.security ?? []) {
    for (const scopes of Object.values(way)) if (scopes[0] !== undefined) return scopes[0];
  }
  return null;
}

/** The name that a reference ends in. */
export function nameOf(reference: string): string {
  return reference.slice(reference.lastIndexOf("/") + 1);
}

/** An answer itself, where the document only refers to it. */
export function answerOf(document: ApiDocument, answer: Answer): Answer {
  return answer.$ref === undefined ? answer : (document.components.responses[nameOf(answer.$ref)] ?? answer);
}
