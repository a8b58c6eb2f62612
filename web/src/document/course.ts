/** The course of links through reroutes. */

import type { Id, LinkRecord, RerouteRecord } from "./records";

/** The reroutes that lead to `last`, from it towards the origin. A file may have them in a circle: each comes once. */
export function courseTo(last: Id | null, reroutes: ReadonlyMap<string, RerouteRecord>): RerouteRecord[] {
  const course: RerouteRecord[] = [];
  const met = new Set<string>();
  for (let id = last; id !== null && !met.has(String(id));) {
    met.add(String(id));
    const reroute = reroutes.get(String(id));
    if (reroute !== undefined) course.push(reroute);
    id = reroute?.parent ?? null;
  }
  return course;
}

/** The links through each reroute, by the reroute's id. */
export function linksThrough(
  links: readonly LinkRecord[],
  reroutes: readonly RerouteRecord[],
): Map<string, LinkRecord[]> {
  const byId = rerouteById(reroutes);
  const through = new Map<string, LinkRecord[]>();
  for (const link of links) {
    for (const { id } of courseTo(link.parent, byId)) {
      const there = through.get(String(id));
      if (there) there.push(link);
      else through.set(String(id), [link]);
    }
  }
  return through;
}

export function rerouteById(reroutes: readonly RerouteRecord[]): Map<string, RerouteRecord> {
  return new Map(reroutes.map((reroute) => [String(reroute.id), reroute]));
}
