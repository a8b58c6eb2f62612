import { describe, expect, it } from "vitest";

import { CanvasDocument } from "../document/document";
import { graphKey, ROOT } from "../document/records";
import { placeOf, targetsOf } from "./where";

const socket = (name: string) => ({ name, type: "IMAGE", link: null });
const INNER = "a0000000-0000-4000-8000-000000000001";
const FILE = {
  version: 0.4,
  last_node_id: 12,
  last_link_id: 1,
  nodes: [
    { id: 12, type: INNER, pos: [0, 0], size: [1, 1], inputs: [], outputs: [socket("IMAGE")] },
    { id: 3, type: "SaveImage", pos: [0, 0], size: [1, 1], inputs: [socket("images")], outputs: [] },
  ],
  links: [],
  groups: [],
  definitions: {
    subgraphs: [
      {
        id: INNER,
        version: 1,
        name: "Inside",
        state: { lastNodeId: 6, lastLinkId: 1, lastGroupId: 0, lastRerouteId: 0 },
        inputNode: { id: -10, bounding: [0, 0, 1, 1] },
        outputNode: { id: -20, bounding: [0, 0, 1, 1] },
        inputs: [],
        outputs: [{ id: "o", name: "IMAGE", type: "IMAGE", linkIds: [1] }],
        nodes: [
          { id: 5, type: "LoadImage", pos: [0, 0], size: [1, 1], inputs: [], outputs: [socket("IMAGE")] },
          { id: 6, type: "EmptyImage", pos: [0, 0], size: [1, 1], inputs: [], outputs: [socket("IMAGE")] },
        ],
        links: [{ id: 1, origin_id: 5, origin_slot: 0, target_id: -20, target_slot: 0, type: "IMAGE" }],
        groups: [],
      },
    ],
  },
};

const { store } = CanvasDocument.open(JSON.stringify(FILE));

describe("where a node of a run is", () => {
  it("is found inside of subgraphs", () => {
    const place = placeOf(store, "12:5");
    expect(place?.node.classId).toBe("LoadImage");
    expect(place?.path).toEqual([{ node: 12, graph: graphKey(INNER) }]);
    expect(placeOf(store, "3")?.path).toEqual([]);
  });

  it("is nowhere once it is gone", () => {
    expect(placeOf(store, "4")).toBeNull();
    expect(placeOf(store, "3:5")).toBeNull();
    expect(placeOf(store, "12:7")).toBeNull();
  });
});

describe("what has to run for a node", () => {
  const of = (id: number) => store.members(ROOT, "node").find((node) => node.id === id);

  it("is itself", () => {
    const node = of(3);
    expect(node && targetsOf(store, [], node)).toEqual(["3"]);
  });

  it("is for an instance what gives its outputs", () => {
    const node = of(12);
    expect(node && targetsOf(store, [], node)).toEqual(["12:5"]);
  });
});
