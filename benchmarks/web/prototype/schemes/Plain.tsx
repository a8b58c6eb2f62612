/**
 * xyflow as it comes: nodes in the DOM, links in SVG. In a frame that pans, xyflow sets the transform of one layer and
 * asks every node, handle and link whether it changed; the browser paints what the layer shows anew.
 */

import "@xyflow/react/dist/style.css";

import { ReactFlow } from "@xyflow/react";
import { useMemo } from "react";

import { useGraph } from "../graph.ts";
import type { SchemeProps } from "./scheme.ts";
import { FLOW_PROPS, flowEdge, flowNode } from "./xyflow.tsx";

export function Plain({ onReady }: SchemeProps) {
  return <Flow onReady={onReady} onlyVisible={false} />;
}

/** The same, but nodes and links out of view are taken out of the document: a pan mounts and unmounts them. */
export function Culled({ onReady }: SchemeProps) {
  return <Flow onReady={onReady} onlyVisible />;
}

function Flow({ onReady, onlyVisible }: Pick<SchemeProps, "onReady"> & { onlyVisible: boolean }) {
  const graphNodes = useGraph((graph) => graph.nodes);
  const graphLinks = useGraph((graph) => graph.links);
  const nodes = useMemo(() => Array.from(graphNodes.values(), flowNode), [graphNodes]);
  const edges = useMemo(() => Array.from(graphLinks.values(), flowEdge), [graphLinks]);
  return (
    <ReactFlow
      {...FLOW_PROPS}
      nodes={nodes}
      edges={edges}
      onlyRenderVisibleElements={onlyVisible}
      onInit={(flow) => {
        onReady(({ x, y, scale }) => void flow.setViewport({ x, y, zoom: scale }));
      }}
    />
  );
}
