/** For tests: two instances of a subgraph that shows a seed, its steps and a prompt, in the form of newer or older files. */

export const SEED_INSIDE = 7;

/** Newer files: the instance lists values of its own for inputs that feed widgets. */
export const NEWER = canvas({ widgets_values: [11, 30] }, { widgets_values: [] }, {});

/** Older files: the instance names widgets inside, which keep the values. */
export const OLDER = canvas(
  { widgets_values: [] },
  { widgets_values: [] },
  {
    proxyWidgets: [
      ["2", "text"],
      ["-1", "steps"],
      ["1", "seed"],
      ["1", "control_after_generate"],
      ["3", "$$canvas-image-preview"],
      ["99", "gone"],
    ],
  },
);

function canvas(first: object, second: object, properties: object): string {
  const id = "5f0c7a2b-0000-4000-8000-0000000000aa";
  const instance = {
    type: id,
    pos: [0, 0],
    size: [200, 100],
    inputs: [
      { name: "model", type: "MODEL", link: null },
      { name: "seed", type: "INT", widget: { name: "seed" }, link: null },
    ],
    outputs: [{ name: "LATENT", type: "LATENT", links: null }],
    properties,
  };
  const sampler = {
    id: 1,
    type: "KSampler",
    pos: [0, 0],
    size: [1, 1],
    inputs: [
      { name: "model", type: "MODEL", link: 1 },
      { name: "seed", type: "INT", widget: { name: "seed" }, link: 2 },
      { name: "steps", type: "INT", widget: { name: "steps" }, link: 3 },
    ],
    outputs: [{ name: "LATENT", type: "LATENT", links: [4] }],
    widgets_values: [SEED_INSIDE, "increment", 20, 8, "euler", "simple", 1],
  };
  const definition = {
    id,
    version: 1,
    revision: 0,
    name: "Sampling",
    state: { lastGroupId: 0, lastNodeId: 2, lastLinkId: 4, lastRerouteId: 0 },
    inputNode: { id: -10, bounding: [0, 0, 1, 1] },
    outputNode: { id: -20, bounding: [0, 0, 1, 1] },
    inputs: [
      { id: "a", name: "model", type: "MODEL", linkIds: [1] },
      { id: "b", name: "seed", type: "INT", linkIds: [2], label: "noise" },
      { id: "c", name: "steps", type: "INT", linkIds: [3] },
    ],
    outputs: [{ id: "d", name: "LATENT", type: "LATENT", linkIds: [4] }],
    nodes: [sampler, { id: 2, type: "CLIPTextEncode", pos: [0, 0], size: [1, 1], widgets_values: ["a cat"] }],
    links: [
      { id: 1, origin_id: -10, origin_slot: 0, target_id: 1, target_slot: 0, type: "MODEL" },
      { id: 2, origin_id: -10, origin_slot: 1, target_id: 1, target_slot: 1, type: "INT" },
      { id: 3, origin_id: -10, origin_slot: 2, target_id: 1, target_slot: 2, type: "INT" },
      { id: 4, origin_id: 1, origin_slot: 0, target_id: -20, target_slot: 0, type: "LATENT" },
    ],
  };
  return JSON.stringify({
    last_node_id: 9,
    last_link_id: 0,
    nodes: [
      { id: 8, ...instance, ...first },
      { id: 9, ...instance, ...second },
    ],
    links: [],
    definitions: { subgraphs: [definition] },
    version: 0.4,
  });
}
