/**
 * xyflow for gestures and for the nodes near the view; one canvas of ours for links and, from afar, for nodes. In a frame
 * that pans, xyflow sets the transform of its layer and asks only the nodes it was given; the canvas follows.
 */

import "@xyflow/react/dist/style.css";
import "./Hybrid.css";

import { ReactFlow } from "@xyflow/react";
import { useMemo } from "react";

import { useScene } from "../useScene.ts";
import canvasClasses from "./canvas.module.css";
import type { SchemeProps } from "./scheme.ts";
import { FLOW_PROPS, flowNode } from "./xyflow.tsx";

export function Hybrid({ surface, onReady }: SchemeProps) {
  const { canvas, mounted, follow } = useScene(surface);
  const nodes = useMemo(() => mounted.map(flowNode), [mounted]);
  return (
    <ReactFlow
      {...FLOW_PROPS}
      nodes={nodes}
      edges={[]}
      onMove={(_event, { x, y, zoom }) => {
        follow({ x, y, scale: zoom });
      }}
      onInit={(flow) => {
        onReady(({ x, y, scale }) => void flow.setViewport({ x, y, zoom: scale }));
      }}
    >
      <canvas ref={canvas} className={canvasClasses.canvas} />
    </ReactFlow>
  );
}
