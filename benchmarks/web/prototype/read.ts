/** Reads canvas format 0.4 as far as it is drawn here. The editor will learn the widgets of a class from the server. */

import type { Graph, GraphLink, GraphNode, Socket, Widget } from "./graph.ts";

interface CanvasNode {
  readonly id: number;
  readonly type: string;
  readonly pos: readonly [number, number];
  readonly size: readonly [number, number];
  readonly inputs: readonly Socket[];
  readonly outputs: readonly Socket[];
  readonly widgets_values: readonly unknown[];
}

type CanvasLink = readonly [id: number, source: number, output: number, target: number, input: number, type: string];

interface CanvasWorkflow {
  readonly nodes: readonly CanvasNode[];
  readonly links: readonly CanvasLink[];
}

const number = (name: string): Widget => ({ name, kind: "number" });
const combo = (name: string): Widget => ({ name, kind: "combo" });
const text = (name: string): Widget => ({ name, kind: "text" });

const WIDGETS: Readonly<Record<string, readonly Widget[]>> = {
  CheckpointLoaderSimple: [combo("ckpt_name")],
  CLIPTextEncode: [text("text")],
  EmptyLatentImage: [number("width"), number("height"), number("batch_size")],
  KSampler: [
    number("seed"),
    combo("control_after_generate"),
    number("steps"),
    number("cfg"),
    combo("sampler_name"),
    combo("scheduler"),
    number("denoise"),
  ],
  SaveImage: [combo("filename_prefix")],
};

export function readGraph(workflow: unknown): Graph {
  const { nodes, links } = workflow as CanvasWorkflow;
  return {
    nodes: byId(nodes.map(readNode)),
    links: byId(links.map(readLink)),
    values: new Map(nodes.map((node) => [String(node.id), node.widgets_values.map(String)])),
  };
}

function readNode({ id, type, pos, size, inputs, outputs }: CanvasNode): GraphNode {
  const [x, y] = pos;
  const [width, height] = size;
  return { id: String(id), title: type, x, y, width, height, inputs, outputs, widgets: WIDGETS[type] ?? [] };
}

function readLink([id, source, output, target, input, type]: CanvasLink): GraphLink {
  return { id: String(id), type, source: String(source), output, target: String(target), input };
}

function byId<Item extends { readonly id: string }>(items: readonly Item[]): Map<string, Item> {
  return new Map(items.map((item) => [item.id, item]));
}
