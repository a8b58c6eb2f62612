/** For tests: small canvases in which everything occurs that links can run through. */

/** Format 0.4 with a reroute, a frame, a subgraph, a note, a seed beyond 2⁵³ and things that no editor knows. */
export const CANVAS_04 = `{
  "id": "b3f0c7a2-0000-4000-8000-000000000001",
  "last_node_id": 9,
  "last_link_id": 14,
  "nodes": [
    {"id": 4, "type": "Loader", "pos": [10.0, 20], "size": {"0": 210, "1": 98}, "flags": {}, "order": 0, "mode": 0,
     "outputs": [{"name": "MODEL", "type": "MODEL", "links": [3, 8], "slot_index": 0},
                 {"name": "VAE", "type": "VAE", "links": null}],
     "properties": {"Node name for S&R": "Loader"}, "widgets_values": ["a.safetensors"]},
    {"id": 7, "type": "Sampler", "pos": [400, 20], "size": [315, 262], "flags": {"collapsed": true}, "order": 2,
     "mode": 4, "inputs": [{"name": "model", "type": "MODEL", "link": 3},
                           {"name": "image", "type": "IMAGE", "link": 9, "shape": 7},
                           {"name": "seed", "type": "INT", "link": null, "widget": {"name": "seed"}}],
     "outputs": [{"name": "IMAGE", "type": "IMAGE", "links": [10]}], "properties": {}, "title": "First",
     "widgets_values": [18446744073709551615, "randomize", 20, 8.0],
     "widgets_values_named": {"seed": 18446744073709551615, "steps": 20, "7": 1, "1": 2}, "of_some_pack": {"a": [1e-5]}},
    {"id": 9, "type": "5f0c7a2b-0000-4000-8000-000000000002", "pos": [200, 300], "size": [200, 60], "flags": {},
     "order": 1, "mode": 0, "inputs": [{"name": "model", "type": "MODEL", "link": 8}],
     "outputs": [{"name": "out", "type": "IMAGE", "links": [9]}], "properties": {}, "widgets_values": []},
    {"id": "8", "type": "Save", "pos": [800, 20], "size": [200, 60], "flags": {"pinned": true}, "order": 3, "mode": 2,
     "inputs": [{"name": "images", "type": "IMAGE", "link": 10}], "properties": {}, "color": "#223", "bgcolor": "#335",
     "widgets_values": {"prefix": "x"}},
    {"id": 2, "type": "MarkdownNote", "pos": [0, -200], "size": [200, 100], "flags": {}, "order": 4, "mode": 0,
     "properties": {}, "widgets_values": ["# A note"]}
  ],
  "links": [[3, 4, 0, 7, 0, "MODEL"], [8, 4, 0, 9, 0, "MODEL"], [9, 9, 0, 7, 1, "IMAGE"], [10, 7, 0, "8", 0, "IMAGE"]],
  "floatingLinks": [{"id": 1, "origin_id": 4, "origin_slot": 1, "target_id": -1, "target_slot": -1, "type": "VAE", "parentId": 3}],
  "groups": [{"title": "Without an id", "bounding": [0, 0, 500, 400], "color": "#3f789e", "font_size": 24, "flags": {}}],
  "definitions": {"subgraphs": [{
    "id": "5f0c7a2b-0000-4000-8000-000000000002", "version": 1, "revision": 0, "name": "Inner", "config": {},
    "state": {"lastGroupId": 0, "lastNodeId": 2, "lastLinkId": 3, "lastRerouteId": 1},
    "inputNode": {"id": -10, "bounding": [0, 0, 120, 60]}, "outputNode": {"id": -20, "bounding": [600, 0, 120, 60]},
    "inputs": [{"id": "i0", "name": "model", "type": "MODEL", "linkIds": [1], "pos": [100, 20]}],
    "outputs": [{"id": "o0", "name": "out", "type": "IMAGE", "linkIds": [3], "pos": [620, 20]}], "widgets": [],
    "nodes": [
      {"id": 1, "type": "Sampler", "pos": [200, 0], "size": [200, 100], "flags": {}, "order": 0, "mode": 0,
       "inputs": [{"name": "model", "type": "MODEL", "link": 1}],
       "outputs": [{"name": "IMAGE", "type": "IMAGE", "links": [2]}], "properties": {}, "widgets_values": [9007199254740993, "fixed"]},
      {"id": 2, "type": "Blur", "pos": [400, 0], "size": [200, 100], "flags": {}, "order": 1, "mode": 0,
       "inputs": [{"name": "image", "type": "IMAGE", "link": 2}],
       "outputs": [{"name": "IMAGE", "type": "IMAGE", "links": [3]}], "properties": {}, "widgets_values": []}],
    "groups": [],
    "links": [
      {"id": 1, "origin_id": -10, "origin_slot": 0, "target_id": 1, "target_slot": 0, "type": "MODEL"},
      {"id": 2, "origin_id": 1, "origin_slot": 0, "target_id": 2, "target_slot": 0, "type": "IMAGE", "parentId": 1},
      {"id": 3, "origin_id": 2, "origin_slot": 0, "target_id": -20, "target_slot": 0, "type": "IMAGE"}],
    "reroutes": [{"id": 1, "pos": [390, 50], "linkIds": [2]}],
    "extra": {"workflowRendererVersion": "LG"}}]},
  "config": {},
  "extra": {"ds": {"scale": 1.10, "offset": [0, -0.0]}, "prompt": {"10": {"a": 1}, "9": {"b": 2}},
    "reroutes": [{"id": 2, "pos": [300, 40], "linkIds": [3, 8]}, {"id": 5, "parentId": 2, "pos": [350, 40], "linkIds": [3]},
                 {"id": 3, "pos": [300, 90], "linkIds": [], "floating": {"slotType": "output"}}],
    "linkExtensions": [{"id": 8, "parentId": 2}, {"id": 3, "parentId": 5}]},
  "version": 0.4
}
`;

/** The same kinds of things in format 1.0, without a subgraph. */
export const CANVAS_10 = JSON.stringify({
  version: 1,
  config: {},
  state: { lastGroupId: 1, lastNodeId: 3, lastLinkId: 2, lastRerouteId: 1 },
  groups: [{ id: 1, title: "Group", bounding: [0, 0, 100, 100], color: "#fff", flags: { pinned: true } }],
  nodes: [
    { id: 1, type: "A", pos: [0, 0], size: [10, 10], outputs: [{ name: "x", type: "X", links: [1, 2] }] },
    { id: 2, type: "B", pos: [50, 0], size: [10, 10], inputs: [{ name: "x", type: "X", link: 1 }] },
    { id: 3, type: "B", pos: [50, 50], size: [10, 10], inputs: [{ name: "x", type: "X", link: 2 }] },
  ],
  links: [
    { id: 1, origin_id: 1, origin_slot: 0, target_id: 2, target_slot: 0, type: "X", parentId: 1 },
    { id: 2, origin_id: 1, origin_slot: 0, target_id: 3, target_slot: 0, type: "X" },
  ],
  reroutes: [{ id: 1, pos: [30, 5], linkIds: [1] }],
  extra: {},
});
