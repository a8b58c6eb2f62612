/** A link of a canvas file, which is a list or an object. */

import { LINK_LIST, LINK_OBJECT, type FlatLink } from "./canvas-fields";
import { asId, readFields, writeFields } from "./fields";
import { isList, isObject, type Json, type JsonObject } from "./json";
import type { LinkRecord } from "./records";

type LinkFields = Pick<LinkRecord, "id" | "origin" | "target" | "type" | "parent">;

/** Null where it is neither. `parents` has the reroutes that links in list form run through. */
export function readLink(json: Json, parents: ReadonlyMap<string, LinkRecord["parent"]>): LinkFields | null {
  if (isList(json) && json.length >= 5 && asId(json[0]) !== null) {
    const flat = readFields(LINK_LIST, keyed(json));
    return nested({ ...flat, parent: parents.get(String(flat.id)) ?? null });
  }
  if (isObject(json) && asId(json.get("id")) !== null) return nested(readFields(LINK_OBJECT, json));
  return null;
}

export function writeLink(link: LinkRecord): Json {
  if (isObject(link.source)) return writeFields(LINK_OBJECT, flat(link), link.source);
  if (!isList(link.source)) return link.source;
  const before = keyed(link.source);
  const after = writeFields(LINK_LIST, flat(link), before);
  return after === before ? link.source : [...after.values()];
}

/** Links in list form have no room for the reroute they run through. */
export function needsExtension(link: LinkRecord): boolean {
  return isList(link.source) && link.parent !== null;
}

function keyed(list: readonly Json[]): JsonObject {
  return new Map(list.map((item, index) => [String(index), item]));
}

function nested({ id, type, parent, originNode, originSlot, targetNode, targetSlot }: FlatLink): LinkFields {
  return {
    id,
    origin: { node: originNode, slot: originSlot },
    target: { node: targetNode, slot: targetSlot },
    type,
    parent,
  };
}

function flat({ id, type, parent, origin, target }: LinkRecord): FlatLink {
  return {
    id,
    originNode: origin.node,
    originSlot: origin.slot,
    targetNode: target.node,
    targetSlot: target.slot,
    type,
    parent,
  };
}
