/** Made-up values for schemas and requests: what a body looks like, and a line for the shell. */

import { nameOf, type ApiDocument, type Operation, type Schema } from "./api-document";

const DEEPEST = 4;

/** A value that the schema describes. Of what may be left out, what has an example is there; else plain fields are. */
export function exampleOf(schema: Schema, document: ApiDocument, depth = 0): unknown {
  if (schema.examples !== undefined) return schema.examples[0];
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.$ref !== undefined) {
    const named = document.components.schemas[nameOf(schema.$ref)];
    return named === undefined || depth > DEEPEST ? {} : exampleOf(named, document, depth + 1);
  }
  if (schema.anyOf !== undefined) {
    const first = schema.anyOf.find(({ type }) => type !== "null");
    return first === undefined ? null : exampleOf(first, document, depth);
  }
  if (schema.default !== undefined && schema.default !== null) return schema.default;
  switch ([schema.type].flat()[0] ?? "any") {
    case "string":
      return "text";
    case "integer":
    case "number":
      return schema.minimum ?? 0;
    case "boolean":
      return false;
    case "array":
      return schema.items === undefined || depth > DEEPEST ? [] : [exampleOf(schema.items, document, depth + 1)];
    case "object":
      return Object.fromEntries(
        fieldsToShow(schema).map(([name, field]) => [name, exampleOf(field, document, depth + 1)]),
      );
    default:
      return null;
  }
}

function fieldsToShow({ properties = {}, required = [] }: Schema): readonly [string, Schema][] {
  const fields = Object.entries(properties);
  const given = fields.filter(([name, { examples }]) => required.includes(name) || examples !== undefined);
  const plain = fields.filter(([name, field]) => required.includes(name) || isPlain(field));
  return given.some(([, { examples }]) => examples !== undefined) ? given : plain;
}

function isPlain({ type, enum: one }: Schema): boolean {
  return one !== undefined || type === "string" || type === "integer" || type === "number" || type === "boolean";
}

/** How a shell asks for it. `withToken`: the server wants to see one. */
export function curlOf(operation: Operation, document: ApiDocument, origin: string, withToken: boolean): string {
  const required = (operation.parameters ?? []).filter((one) => one.in === "query" && one.required);
  const query = required.map(({ name }) => `${name}=…`).join("&");
  const parts = [`curl '${origin}${operation.path}${query === "" ? "" : `?${query}`}'`];
  if (operation.method !== "GET") parts[0] = `curl -X ${operation.method}${(parts[0] ?? "").slice("curl".length)}`;
  if (withToken) parts.push(`-H "Authorization: Bearer $NODEGRAPH_TOKEN"`);
  const [kind, content] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  if (kind === "application/json") {
    const body = content?.schema === undefined ? {} : exampleOf(content.schema, document);
    parts.push(`-H 'Content-Type: application/json'`, `-d '${JSON.stringify(body).replaceAll("'", "'\\''")}'`);
  } else if (kind !== undefined) parts.push("--data-binary @FILE");
  if (Object.values(operation.responses)[0]?.content?.["text/event-stream"] !== undefined) parts.push("--no-buffer");
  return parts.join(" \\\n  ");
}
