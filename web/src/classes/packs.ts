/** Which pack a node of a file came from, as far as the file says. */

import { toText } from "../document/json";
import type { NodeRecord } from "../document/records";

export type Pack =
  /** A subgraph that the file does not hold. */
  | { readonly kind: "subgraph" }
  /** Of the field's own set. */
  | { readonly kind: "core" }
  | { readonly kind: "pack"; readonly name: string; readonly url: string | null }
  | { readonly kind: "unknown" };

export function packOf({ classId, properties }: NodeRecord): Pack {
  if (UUID.test(classId)) return { kind: "subgraph" };
  const [registered, repository] = [toText(properties.get("cnr_id")), toText(properties.get("aux_id"))];
  if (registered === CORE) return { kind: "core" };
  const name = registered || repository;
  return name === "" ? { kind: "unknown" } : { kind: "pack", name, url: addressOf(registered, repository) };
}

const CORE = "comfy-core";
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Packs are told by their name in the field's registry, or by `owner/repository` on GitHub. */
function addressOf(registered: string, repository: string): string | null {
  if (/^[\w.-]+$/.test(registered)) return `https://registry.comfy.org/nodes/${registered}`;
  return /^[\w.-]+\/[\w.-]+$/.test(repository) ? `https://github.com/${repository}` : null;
}
