/**
 * For tests: what must hold in a canvas file for its links to say the same everywhere. Reads the file by itself, with
 * none of the code that writes it.
 */

interface File {
  readonly nodes: readonly Node[];
  readonly links: readonly (Link | readonly [Id, Id, number, Id, number, string])[];
  readonly groups?: readonly { readonly id?: Id }[];
  readonly inputs?: readonly Border[];
  readonly outputs?: readonly Border[];
  readonly reroutes?: readonly Reroute[];
  readonly floatingLinks?: readonly Link[];
  readonly definitions?: { readonly subgraphs?: readonly File[] };
  readonly extra?: { readonly reroutes?: readonly Reroute[]; readonly linkExtensions?: readonly Extension[] };
  readonly last_node_id?: number;
  readonly last_link_id?: number;
  readonly state?: Readonly<Record<string, number>>;
}

type Id = string | number;

interface Node {
  readonly id: Id;
  readonly inputs?: readonly { readonly link?: Id | null }[];
  readonly outputs?: readonly { readonly links?: readonly Id[] | null }[];
}

interface Border {
  readonly linkIds: readonly Id[];
}

interface Reroute {
  readonly id: Id;
  readonly parentId?: Id;
  readonly linkIds: readonly Id[];
}

interface Extension {
  readonly id: Id;
  readonly parentId: Id;
}

interface Link {
  readonly id: Id;
  readonly origin_id: Id;
  readonly origin_slot: number;
  readonly target_id: Id;
  readonly target_slot: number;
  readonly parentId?: Id;
}

/** What is wrong in a file and in the definitions of its subgraphs, one line each. */
export function inconsistencies(text: string): string[] {
  return check(JSON.parse(text) as File);
}

function check(file: File): string[] {
  const found: string[] = [];
  const expect = (holds: boolean, what: string): void => {
    if (!holds) found.push(what);
  };

  const extensions = new Map((file.extra?.linkExtensions ?? []).map(({ id, parentId }) => [id, parentId]));
  const links = file.links.map((link): Link => {
    if (!isTuple(link)) return link;
    const [id, origin_id, origin_slot, target_id, target_slot] = link;
    return { id, origin_id, origin_slot, target_id, target_slot, parentId: extensions.get(id) };
  });
  const reroutes = [...(file.reroutes ?? []), ...(file.extra?.reroutes ?? [])];
  for (const [kind, things] of Object.entries({ nodes: file.nodes, links, reroutes })) {
    expect(new Set(things.map(({ id }) => String(id))).size === things.length, `${kind} share an id`);
  }
  for (const id of extensions.keys())
    expect(
      links.some((link) => link.id === id),
      `no link ${id} to extend`,
    );

  // Every link stands at both of its ends, and every end's links are there.
  const atOutput = new Map<string, Id[]>();
  const atInput = new Map<string, Id[]>();
  for (const { id, origin_id, origin_slot, target_id, target_slot } of links) {
    push(atOutput, `${origin_id}:${origin_slot}`, id);
    push(atInput, `${target_id}:${target_slot}`, id);
  }
  const meet = (ends: Map<string, Id[]>, end: string, named: readonly Id[]): void => {
    expect(
      sorted(ends.get(end) ?? []) === sorted(named),
      `${end} names ${sorted(named)}, links ${sorted(ends.get(end) ?? [])}`,
    );
    ends.delete(end);
  };
  for (const node of file.nodes) {
    node.inputs?.forEach(({ link }, slot) => {
      meet(atInput, `${node.id}:${slot}`, link === null || link === undefined ? [] : [link]);
    });
    node.outputs?.forEach(({ links: named }, slot) => {
      meet(atOutput, `${node.id}:${slot}`, named ?? []);
    });
  }
  file.inputs?.forEach(({ linkIds }, slot) => {
    meet(atOutput, `-10:${slot}`, linkIds);
  });
  file.outputs?.forEach(({ linkIds }, slot) => {
    meet(atInput, `-20:${slot}`, linkIds);
  });
  expect(atOutput.size === 0, `links begin nowhere: ${[...atOutput.keys()].join()}`);
  expect(atInput.size === 0, `links end nowhere: ${[...atInput.keys()].join()}`);

  // Every reroute names the links through it, and something runs through it.
  const byId = new Map(reroutes.map((reroute) => [reroute.id, reroute]));
  const through = new Map<Id, Id[]>(reroutes.map(({ id }) => [id, []]));
  const used = new Set<Id>();
  for (const link of [...links, ...(file.floatingLinks ?? [])]) {
    for (let id = link.parentId; id !== undefined; id = byId.get(id)?.parentId) {
      expect(byId.has(id), `link ${link.id} runs through no reroute ${id}`);
      used.add(id);
      if (links.includes(link)) through.get(id)?.push(link.id);
    }
  }
  for (const { id, linkIds } of reroutes) {
    expect(used.has(id), `nothing runs through reroute ${id}`);
    expect(sorted(linkIds) === sorted(through.get(id) ?? []), `reroute ${id} names ${sorted(linkIds)}`);
  }

  // No id is to be given out twice.
  const { last_node_id: lastNode = file.state?.lastNodeId, last_link_id: lastLink = file.state?.lastLinkId } = file;
  expect(
    file.nodes.every(({ id }) => Number(id) <= (lastNode ?? 0)),
    "a node's id is beyond the counter",
  );
  expect(
    links.every(({ id }) => Number(id) <= (lastLink ?? 0)),
    "a link's id is beyond the counter",
  );

  return [...found, ...(file.definitions?.subgraphs ?? []).flatMap(check)];
}

function isTuple(link: File["links"][number]): link is Extract<File["links"][number], readonly unknown[]> {
  return Array.isArray(link);
}

function push(map: Map<string, Id[]>, key: string, id: Id): void {
  map.set(key, [...(map.get(key) ?? []), id]);
}

function sorted(ids: readonly Id[]): string {
  return ids.map(String).sort().join();
}
