/**
 * Where canvas formats 0.4 and 1.0 keep what the records hold: one table for each kind of record, for reading and
 * writing alike. What repeats the links at their ends is not in them.
 */

import * as field from "./fields";
import type { Field, Fields } from "./fields";
import { isList, isObject, type Json } from "./json";
import type {
  Counters,
  Form,
  GraphRecord,
  GroupRecord,
  Id,
  LinkRecord,
  ListName,
  NodeRecord,
  RerouteRecord,
  Socket,
} from "./records";

type Bookkeeping = "kind" | "key" | "graph" | "place" | "source" | "linked";

export const NODE: Fields<Omit<NodeRecord, Bookkeeping | "inputs" | "outputs">> = {
  id: id("id"),
  classId: field.text("type"),
  title: field.optionalText("title"),
  position: field.point("pos"),
  size: field.size("size"),
  order: field.number("order"),
  mode: field.number("mode"),
  collapsed: field.within("flags", field.flag("collapsed")),
  pinned: field.within("flags", field.flag("pinned")),
  color: field.optionalText("color"),
  background: field.optionalText("bgcolor"),
  widgets: field.field(
    "widgets_values",
    (json) => (isList(json) || isObject(json) ? json : null),
    (value) => value ?? undefined,
  ),
  namedWidgets: field.field(
    "widgets_values_named",
    (json) => (isObject(json) ? json : null),
    (value) => value ?? undefined,
  ),
  properties: field.object("properties"),
};

export const SOCKET: Fields<Omit<Socket, Bookkeeping>> = {
  name: field.text("name"),
  type: field.text("type"),
  label: field.optionalText("label"),
  widget: field.within("widget", field.optionalText("name")),
};

export const REROUTE: Fields<Omit<RerouteRecord, Bookkeeping>> = {
  id: id("id"),
  position: field.point("pos"),
  parent: optionalId("parentId"),
};

export const GROUP: Fields<Omit<GroupRecord, Bookkeeping>> = {
  id: optionalId("id"),
  title: field.text("title"),
  bounds: field.bounds("bounding"),
  color: field.optionalText("color"),
  fontSize: field.optionalNumber("font_size"),
  pinned: field.within("flags", field.flag("pinned")),
};

export const GRAPH: Fields<Pick<GraphRecord, "name" | "inputBounds" | "outputBounds">> = {
  name: field.optionalText("name"),
  inputBounds: field.within("inputNode", field.optionalBounds("bounding")),
  outputBounds: field.within("outputNode", field.optionalBounds("bounding")),
};

/** A 0.4 file counts neither groups nor reroutes. */
export const COUNTERS: Record<Form, Fields<Partial<Counters>>> = {
  "0.4": { node: field.number("last_node_id"), link: field.number("last_link_id") },
  "1.0": {
    node: field.within("state", field.number("lastNodeId")),
    link: field.within("state", field.number("lastLinkId")),
    group: field.within("state", field.number("lastGroupId")),
    reroute: field.within("state", field.number("lastRerouteId")),
  },
};

const ANYWHERE = {
  nodes: list("nodes"),
  links: list("links"),
  floatingLinks: list("floatingLinks"),
  groups: list("groups"),
  "definitions.subgraphs": field.within("definitions", list("subgraphs")),
};

export type Lists = Record<ListName, readonly Json[]>;

export const LISTS: Record<Form, Fields<Partial<Lists>>> = {
  "0.4": {
    ...ANYWHERE,
    reroutes: field.within("extra", list("reroutes")),
    linkExtensions: field.within("extra", list("linkExtensions")),
  },
  "1.0": { ...ANYWHERE, reroutes: list("reroutes") },
};

/** A link's fields side by side, as both of its forms have them. */
export interface FlatLink extends Pick<LinkRecord, "id" | "type" | "parent"> {
  readonly originNode: Id;
  readonly originSlot: number;
  readonly targetNode: Id;
  readonly targetSlot: number;
}

export const LINK_OBJECT: Fields<FlatLink> = {
  id: id("id"),
  originNode: id("origin_id"),
  originSlot: field.number("origin_slot"),
  targetNode: id("target_id"),
  targetSlot: field.number("target_slot"),
  type: field.text("type"),
  parent: optionalId("parentId"),
};

/** The link as a list, its items taken as keys. Its parent stands elsewhere: in a link extension. */
export const LINK_LIST: Fields<Omit<FlatLink, "parent">> = {
  id: id("0"),
  originNode: id("1"),
  originSlot: field.number("2"),
  targetNode: id("3"),
  targetSlot: field.number("4"),
  type: field.text("5"),
};

/** Which link runs through which reroute, where the link has no room for it. */
export const LINK_EXTENSION: Fields<Pick<LinkRecord, "id" | "parent">> = {
  id: id("id"),
  parent: optionalId("parentId"),
};

function id(key: string): Field<Id> {
  return field.field(key, (json) => field.asId(json) ?? "", field.fromId);
}

function optionalId(key: string): Field<Id | null> {
  return field.field(
    key,
    (json) => field.asId(json),
    (value) => (value === null ? undefined : field.fromId(value)),
  );
}

function list(key: string): Field<readonly Json[]> {
  return field.field<readonly Json[]>(
    key,
    (json) => (isList(json) ? json : []),
    (value) => value,
    (one, other) => one.length === other.length && one.every((item, index) => item === other[index]),
  );
}
