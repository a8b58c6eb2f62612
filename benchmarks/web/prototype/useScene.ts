/** What both schemes with a canvas share: the scene of the graph, a surface that shows it, and the nodes near the view. */

import { useCallback, useEffect, useRef, useState, type RefCallback } from "react";

import type { Viewport } from "../contract.ts";
import { useGraphStore, type GraphNode } from "./graph.ts";
import { contains, grown, type Rect } from "./grid.ts";
import { DOM_SCALE } from "./look.ts";
import { Scene, viewOf } from "./scene.ts";
import { createSurface, type Surface, type SurfaceKind } from "./surface.ts";

/** Nodes so many pixels outside the view are in the DOM already, so that a frame seldom has to add any. */
const MARGIN = 300;

interface SceneView {
  readonly canvas: RefCallback<HTMLCanvasElement>;
  /** What the DOM has to hold: the nodes near the view, none where the canvas draws them. */
  readonly mounted: readonly GraphNode[];
  /** To be called once in every frame in which the viewport moved. */
  readonly follow: (viewport: Viewport) => void;
}

export function useScene(kind: SurfaceKind): SceneView {
  const store = useGraphStore();
  const [scene] = useState(() => new Scene());
  const [mounted, setMounted] = useState<readonly GraphNode[]>([]);
  const surface = useRef<Surface | null>(null);
  const element = useRef<HTMLCanvasElement | null>(null);
  /** The part of the plane whose nodes are mounted; null when none are. */
  const reached = useRef<Rect | null>(null);
  const viewport = useRef<Viewport>({ x: 0, y: 0, scale: 1 });

  const canvas = useCallback<RefCallback<HTMLCanvasElement>>(
    (canvas) => {
      element.current = canvas;
      surface.current = canvas && createSurface(kind, canvas, scene);
    },
    [kind, scene],
  );

  /** React is asked only when the view has left what is mounted, not in every frame of a pan. */
  const mount = useCallback(
    (force: boolean) => {
      const { scale } = viewport.current;
      const parent = element.current?.parentElement;
      if (scale < DOM_SCALE || !parent) {
        if (reached.current) setMounted([]);
        reached.current = null;
        return;
      }
      const view = viewOf(viewport.current, parent.clientWidth, parent.clientHeight);
      if (!force && reached.current && contains(reached.current, view)) return;
      reached.current = grown(view, MARGIN / scale);
      setMounted([...scene.nodesIn(reached.current)].map(({ node }) => node));
    },
    [scene],
  );

  useEffect(() => {
    const show = () => {
      scene.show(store.getState());
      surface.current?.refresh();
      mount(true);
    };
    show();
    return store.subscribe((graph, last) => {
      if (graph.nodes !== last.nodes || graph.links !== last.links) show();
    });
  }, [store, scene, mount]);

  const follow = useCallback(
    (next: Viewport) => {
      viewport.current = next;
      surface.current?.show(next);
      mount(false);
    },
    [mount],
  );

  return { canvas, mounted, follow };
}
