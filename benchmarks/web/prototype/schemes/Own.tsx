/**
 * Our own viewport, with the gestures of @xyflow/system, which has no React in it; nodes near the view in one layer of
 * the DOM, everything else on one canvas. In a frame that pans, two styles change (the layer's transform and what the
 * surface does), and React is not asked unless nodes come near that were not.
 */

import { XYPanZoom, PanOnScrollMode, infiniteExtent } from "@xyflow/system";
import { memo, useEffect, useRef } from "react";

import type { Viewport } from "../../contract.ts";
import type { GraphNode } from "../graph.ts";
import { colourOf, TITLE_HEIGHT } from "../look.ts";
import { NodeBox, type SocketProps } from "../NodeBox.tsx";
import { useScene } from "../useScene.ts";
import canvasClasses from "./canvas.module.css";
import classes from "./Own.module.css";
import type { SchemeProps } from "./scheme.ts";

export function Own({ surface, onReady }: SchemeProps) {
  const { canvas, mounted, follow } = useScene(surface);
  const pane = useRef<HTMLDivElement>(null);
  const layer = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (!pane.current) return;
    let next: Viewport | null = null;
    /** However many events a frame brings, it is drawn once. */
    const draw = () => {
      if (!next || !layer.current) return;
      const { x, y, scale } = next;
      next = null;
      layer.current.style.transform = `translate3d(${x}px, ${y}px, 0) scale(${scale})`;
      follow({ x, y, scale });
    };
    const panZoom = createPanZoom(pane.current, (viewport) => {
      if (!next) requestAnimationFrame(draw);
      next = viewport;
    });
    onReady(({ x, y, scale }) => void panZoom.setViewport({ x, y, zoom: scale }));
    return () => {
      panZoom.destroy();
    };
  }, [follow, onReady]);

  return (
    <div ref={pane} className={classes.pane}>
      <canvas ref={canvas} className={canvasClasses.canvas} />
      <div ref={layer} className={classes.layer}>
        {mounted.map((node) => (
          <PlacedNode key={node.id} node={node} />
        ))}
      </div>
    </div>
  );
}

const PlacedNode = memo(function PlacedNode({ node }: { node: GraphNode }) {
  const { x, y, width, height } = node;
  return (
    <div
      className={classes.node}
      style={{ marginLeft: x, marginTop: y - TITLE_HEIGHT, width, height: height + TITLE_HEIGHT }}
    >
      <NodeBox node={node} Dot={Dot} />
    </div>
  );
});

function Dot({ socket }: SocketProps) {
  return <span className={classes.dot} style={{ background: colourOf(socket.type) }} />;
}

function createPanZoom(domNode: Element, onMove: (viewport: Viewport) => void) {
  const panZoom = XYPanZoom({
    domNode,
    minZoom: 0.05,
    maxZoom: 4,
    viewport: { x: 0, y: 0, zoom: 1 },
    translateExtent: infiniteExtent,
    onDraggingChange: () => undefined,
    onPanZoom: (_event, { x, y, zoom }) => {
      onMove({ x, y, scale: zoom });
    },
  });
  panZoom.update({
    lib: "nodegraph",
    noWheelClassName: "nowheel",
    noPanClassName: "nopan",
    panOnDrag: [1],
    panOnScroll: false,
    panOnScrollMode: PanOnScrollMode.Free,
    panOnScrollSpeed: 1,
    preventScrolling: true,
    zoomOnScroll: true,
    zoomOnPinch: true,
    zoomOnDoubleClick: false,
    zoomActivationKeyPressed: false,
    userSelectionActive: false,
    connectionInProgress: false,
    paneClickDistance: 0,
    onTransformChange: () => undefined,
  });
  return panZoom;
}
