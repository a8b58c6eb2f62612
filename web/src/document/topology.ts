/**
 * Which records are in which graph and which links meet which node. Follows the records one by one, so an edit costs
 * what it touches and not what the document holds. Knows no more of a record than where it belongs.
 */

import type { DocumentRecord, Id, Key, Kind, LinkRecord } from "./records";

export class Topology {
  private readonly members = new Map<string, Set<Key>>();
  private readonly meeting = new Map<string, Set<Key>>();

  /** One record became another; undefined where there is none. */
  follow(before: DocumentRecord | undefined, after: DocumentRecord | undefined): void {
    if (before !== undefined) {
      if (before.kind !== after?.kind || before.graph !== after.graph) drop(this.members, placeOf(before), before.key);
      if (before.kind === "link") for (const end of endsOf(before)) drop(this.meeting, end, before.key);
    }
    if (after !== undefined) {
      put(this.members, placeOf(after), after.key);
      if (after.kind === "link") for (const end of endsOf(after)) put(this.meeting, end, after.key);
    }
  }

  /** The records of one kind in a graph; `null` has the root. */
  membersOf(graph: Key | null, kind: Kind): ReadonlySet<Key> {
    return this.members.get(memberKey(graph, kind)) ?? NONE;
  }

  /** The links that begin or end at a node, floating ones too. */
  linksAt(graph: Key, node: Id): ReadonlySet<Key> {
    return this.meeting.get(endKey(graph, node)) ?? NONE;
  }
}

const NONE: ReadonlySet<Key> = new Set();

const memberKey = (graph: Key | null, kind: Kind): string => `${graph ?? ""} ${kind}`;
const endKey = (graph: Key, node: Id): string => `${graph} ${node}`;
const placeOf = ({ graph, kind }: DocumentRecord): string => memberKey(graph, kind);
const endsOf = ({ graph, origin, target }: LinkRecord): string[] => [
  endKey(graph, origin.node),
  endKey(graph, target.node),
];

function put(sets: Map<string, Set<Key>>, name: string, key: Key): void {
  const set = sets.get(name);
  if (set) set.add(key);
  else sets.set(name, new Set([key]));
}

function drop(sets: Map<string, Set<Key>>, name: string, key: Key): void {
  const set = sets.get(name);
  set?.delete(key);
  if (set?.size === 0) sets.delete(name);
}
