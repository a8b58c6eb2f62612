// @vitest-environment node
import { describe, expect, it } from "vitest";

import { CanvasDocument } from "../document/document";
import { graphKey, ROOT, SUBGRAPH_INPUT, SUBGRAPH_OUTPUT, type Id, type LinkEnd } from "../document/records";
import { closesCircle } from "./circle";

type Link = readonly [from: LinkEnd, to: LinkEnd];

const end = (node: Id, slot = 0): LinkEnd => ({ node, slot });
const [IN, OUT] = [SUBGRAPH_INPUT, SUBGRAPH_OUTPUT];
const PAIR = "pair";

/** Nodes of two inputs and outputs, those named `of` instances of the one definition, whose nodes are 1 and 2. */
function open(links: readonly Link[], instances: readonly Id[], inside: readonly Link[]) {
  const written = (links: readonly Link[]) =>
    links.map(([from, to], index) => ({
      ...{ id: index + 1, type: "X" },
      ...{ origin_id: from.node, origin_slot: from.slot, target_id: to.node, target_slot: to.slot },
    }));
  const sockets = [
    { name: "a", type: "X" },
    { name: "b", type: "X" },
  ];
  const nodes = (ids: readonly Id[]) =>
    ids.map((id) => ({ id, type: instances.includes(id) ? PAIR : "Plain", inputs: sockets, outputs: sockets }));
  const definition = {
    ...{ id: PAIR, version: 1, name: PAIR, inputs: sockets, outputs: sockets },
    ...{ nodes: nodes([1, 2]).map((node) => ({ ...node, type: "Plain" })), links: written(inside) },
  };
  const file = { version: 1, nodes: nodes([3, 4, 5]), links: written(links), definitions: { subgraphs: [definition] } };
  return CanvasDocument.open(JSON.stringify(file)).store;
}

/** `a` leads to `a` and `b` to `b`. */
const APART: readonly Link[] = [
  [end(IN, 0), end(1)],
  [end(1), end(OUT, 0)],
  [end(IN, 1), end(2)],
  [end(2), end(OUT, 1)],
];

describe("a link closes a circle", () => {
  it("between nodes, by whichever sockets", () => {
    const store = open(
      [
        [end(3, 1), end(4, 0)],
        [end(4, 1), end(5, 1)],
      ],
      [],
      [],
    );
    expect(closesCircle(store, ROOT, end(5), end(3))).toBe(true);
    expect(closesCircle(store, ROOT, end(3), end(5))).toBe(false);
  });

  it("through an instance where its inside leads on, and there alone", () => {
    const store = open([[end(3), end(4, 0)]], [4], APART);
    expect(closesCircle(store, ROOT, end(4, 0), end(3))).toBe(true);
    expect(closesCircle(store, ROOT, end(4, 1), end(3))).toBe(false);
  });

  it("inside where that leads around outside, of another instance too", () => {
    const once = open(
      [
        [end(4, 0), end(3)],
        [end(3), end(4, 1)],
      ],
      [4],
      APART,
    );
    expect(closesCircle(once, graphKey(PAIR), end(2), end(1, 1))).toBe(true);
    expect(closesCircle(once, graphKey(PAIR), end(1), end(2, 1))).toBe(false);
    const twice = open(
      [
        [end(4, 0), end(5, 1)],
        [end(5, 0), end(4, 1)],
      ],
      [4, 5],
      APART,
    );
    expect(closesCircle(twice, graphKey(PAIR), end(2), end(1, 1))).toBe(true);
    expect(closesCircle(twice, graphKey(PAIR), end(IN, 1), end(OUT, 0))).toBe(true);
  });

  it("not where it takes the place of the link that would", () => {
    const store = open(
      [
        [end(4, 0), end(3)],
        [end(3), end(4, 1)],
      ],
      [4],
      APART,
    );
    expect(closesCircle(store, graphKey(PAIR), end(IN, 1), end(OUT, 1))).toBe(false);
    expect(closesCircle(store, graphKey(PAIR), end(IN, 1), end(1))).toBe(true);
  });
});
