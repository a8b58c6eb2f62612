/** What every scheme with xyflow shares: the graph's nodes and links in its terms, and their look. */

import { Handle, Position, type Edge, type Node, type NodeProps, type ReactFlowProps } from "@xyflow/react";

import { useGraph, type GraphLink, type GraphNode } from "../graph.ts";
import { colourOf, TITLE_HEIGHT } from "../look.ts";
import { NodeBox, type SocketProps } from "../NodeBox.tsx";

export type BoxNode = Node<Record<string, never>, "box">;

/** Equal nodes stay the same object, which is how xyflow sees that it has nothing to do for them. */
const flowNodes = new WeakMap<GraphNode, BoxNode>();

export function flowNode(node: GraphNode): BoxNode {
  const known = flowNodes.get(node);
  if (known) return known;
  const { id, x, y, width, height } = node;
  const size = { width, height: height + TITLE_HEIGHT };
  const made: BoxNode = { id, type: "box", data: {}, position: { x, y: y - TITLE_HEIGHT }, ...size, measured: size };
  flowNodes.set(node, made);
  return made;
}

export const flowEdge = ({ id, type, source, output, target, input }: GraphLink): Edge => ({
  id,
  source,
  target,
  sourceHandle: String(output),
  targetHandle: String(input),
  style: { stroke: colourOf(type), strokeWidth: 2.5 },
});

function FlowHandle({ socket, index, side }: SocketProps) {
  return (
    <Handle
      id={String(index)}
      type={side === "input" ? "target" : "source"}
      position={side === "input" ? Position.Left : Position.Right}
      style={{
        position: "static",
        transform: "none",
        width: 10,
        height: 10,
        border: 0,
        background: colourOf(socket.type),
      }}
    />
  );
}

function FlowNode({ id }: NodeProps<BoxNode>) {
  const node = useGraph((graph) => graph.nodes.get(id));
  return node && <NodeBox node={node} Dot={FlowHandle} />;
}

/** The middle button pans and the left one selects, as in every scheme. */
export const FLOW_PROPS = {
  nodeTypes: { box: FlowNode },
  minZoom: 0.05,
  maxZoom: 4,
  panOnDrag: [1],
  selectionOnDrag: true,
  colorMode: "dark",
  proOptions: { hideAttribution: true },
} as const satisfies ReactFlowProps<BoxNode>;
