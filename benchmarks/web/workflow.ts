/**
 * The workflow that is measured: copies of a text-to-image graph of seven nodes, twelve to a row, in canvas format 0.4.
 * 144 of them make 1008 nodes and 1296 links.
 */

type Vector = readonly [number, number];

interface Slot {
  readonly name: string;
  readonly type: string;
}

interface Piece {
  readonly type: string;
  readonly pos: Vector;
  readonly size: Vector;
  readonly inputs: readonly Slot[];
  readonly outputs: readonly Slot[];
  readonly values: (copy: number) => readonly unknown[];
}

const [MODEL, CLIP, VAE, CONDITIONING, LATENT, IMAGE] = ["MODEL", "CLIP", "VAE", "CONDITIONING", "LATENT", "IMAGE"].map(
  (type): Slot => ({ name: type, type }),
) as [Slot, Slot, Slot, Slot, Slot, Slot];

const named = (name: string, { type }: Slot): Slot => ({ name, type });

const PIECES: readonly Piece[] = [
  {
    type: "CheckpointLoaderSimple",
    pos: [0, 300],
    size: [315, 98],
    inputs: [],
    outputs: [MODEL, CLIP, VAE],
    values: () => ["sd15_random.safetensors"],
  },
  ...["prompt number", "text, watermark"].map((text, index): Piece => ({
    type: "CLIPTextEncode",
    pos: [400, 220 * index],
    size: [420, 160],
    inputs: [named("clip", CLIP)],
    outputs: [CONDITIONING],
    values: (copy) => [index === 0 ? `${text} ${copy}` : text],
  })),
  {
    type: "EmptyLatentImage",
    pos: [400, 440],
    size: [315, 106],
    inputs: [],
    outputs: [LATENT],
    values: () => [64, 64, 1],
  },
  {
    type: "KSampler",
    pos: [860, 100],
    size: [315, 262],
    inputs: [
      named("model", MODEL),
      named("positive", CONDITIONING),
      named("negative", CONDITIONING),
      named("latent_image", LATENT),
    ],
    outputs: [LATENT],
    values: (copy) => [copy, "fixed", 4, 7, "euler", "normal", 1],
  },
  {
    type: "VAEDecode",
    pos: [860, 420],
    size: [210, 46],
    inputs: [named("samples", LATENT), named("vae", VAE)],
    outputs: [IMAGE],
    values: () => [],
  },
  {
    type: "SaveImage",
    pos: [1100, 420],
    size: [210, 270],
    inputs: [named("images", IMAGE)],
    outputs: [],
    values: () => ["big"],
  },
];

/** From piece and output to piece and input, by their places above. */
const LINKS: readonly (readonly [from: number, output: number, to: number, input: number])[] = [
  [0, 0, 4, 0],
  [0, 1, 1, 0],
  [0, 1, 2, 0],
  [0, 2, 5, 1],
  [1, 0, 4, 1],
  [2, 0, 4, 2],
  [3, 0, 4, 3],
  [4, 0, 5, 0],
  [5, 0, 6, 0],
];

export function workflowOf(copies: number): unknown {
  const all = Array.from({ length: copies }, (_, copy) => copyOf(copy));
  return {
    last_node_id: copies * PIECES.length,
    last_link_id: copies * LINKS.length,
    nodes: all.flatMap(({ nodes }) => nodes),
    links: all.flatMap(({ links }) => links),
    groups: [],
    config: {},
    extra: {},
    version: 0.4,
  };
}

function copyOf(copy: number) {
  const [left, top] = [(copy % 12) * 1400, Math.floor(copy / 12) * 800];
  const nodeId = (piece: number) => copy * PIECES.length + piece + 1;
  const linkId = (link: number) => copy * LINKS.length + link + 1;
  const nodes = PIECES.map((piece, at) => ({
    id: nodeId(at),
    type: piece.type,
    pos: [left + piece.pos[0], top + piece.pos[1]],
    size: piece.size,
    flags: {},
    order: nodeId(at) - 1,
    mode: 0,
    inputs: piece.inputs.map((slot, input) => ({
      ...slot,
      link: linkId(LINKS.findIndex((link) => link[2] === at && link[3] === input)),
    })),
    outputs: piece.outputs.map((slot, output) => ({
      ...slot,
      links: LINKS.flatMap((link, index) => (link[0] === at && link[1] === output ? [linkId(index)] : [])),
      slot_index: output,
    })),
    properties: { "Node name for S&R": piece.type },
    widgets_values: piece.values(copy),
  }));
  const links = LINKS.map(([from, output, to, input], index) => [
    linkId(index),
    nodeId(from),
    output,
    nodeId(to),
    input,
    PIECES[from]?.outputs[output]?.type,
  ]);
  return { nodes, links };
}
