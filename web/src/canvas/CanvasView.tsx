/**
 * The canvas of the editor it stands in. Components inside it, such as the one that hears gestures, find the canvas by
 * `useSurface`. To be given the editor's identity as `key`: another editor is another canvas.
 */

import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useLayoutEffect, useRef, useState, type ReactNode } from "react";
import { useStore } from "zustand";

import { useApp, useEditor, useOverlay } from "../editor/app";
import { useStrings } from "../i18n/language";
import { CanvasSurface } from "./canvas-surface";
import styles from "./canvas.module.css";
import { Controls } from "./controls/Controls";
import { GroupNaming } from "./GroupNaming";
import { NodeMessage } from "./nodes/NodeMessage";
import { PlacedNode } from "./nodes/PlacedNode";
import { SurfaceContext } from "./surface";

export function CanvasView({ children }: { readonly children?: ReactNode }) {
  const element = useRef<HTMLDivElement>(null);
  const layer = useRef<HTMLDivElement>(null);
  const below = useRef<HTMLCanvasElement>(null);
  const above = useRef<HTMLCanvasElement>(null);
  const [surface, setSurface] = useState<CanvasSurface | null>(null);
  const editor = useEditor();
  const overlay = useOverlay();
  const { surface: shown, settings } = useApp();
  const scheme = useComputedColorScheme("light", { getInitialValueInEffect: false });
  const firstScheme = useRef(scheme);
  const words = useStrings().canvas;

  useLayoutEffect(() => {
    if (!element.current || !layer.current || !below.current || !above.current) return;
    const surface = new CanvasSurface({
      element: element.current,
      layer: layer.current,
      below: below.current,
      above: above.current,
      editor,
      overlay,
      settings,
      scheme: firstScheme.current,
    });
    setSurface(surface);
    shown.setState(surface, true);
    return () => {
      surface.close();
      if (shown.getState() === surface) shown.setState(null, true);
    };
  }, [editor, overlay, settings, shown]);

  useEffect(() => {
    surface?.setScheme(scheme);
  }, [surface, scheme]);

  return (
    <section ref={element} className={styles.canvas} aria-label={words.region} tabIndex={-1} data-canvas="">
      <canvas ref={below} className={styles.painted} aria-hidden />
      <SurfaceContext value={surface}>
        <div
          ref={layer}
          className={styles.layer}
          onFocus={({ target }) => {
            const node = target.getAttribute("data-node");
            if (node !== null && target.matches(":focus-visible")) surface?.reveal(node);
          }}
        >
          {surface && <Nodes surface={surface} />}
        </div>
        <canvas ref={above} className={styles.painted} aria-hidden hidden />
        {surface && <Refusal surface={surface} />}
        {surface && <Controls surface={surface} />}
        {surface && children}
      </SurfaceContext>
    </section>
  );
}

function Nodes({ surface }: { readonly surface: CanvasSurface }) {
  const nodes = useStore(surface.mounted.nodes);
  const path = useStore(surface.editor.view, (view) => view.path);
  const editing = useStore(surface.transient, (transient) => transient.editing);
  return (
    <>
      {nodes.map((shape) => (
        <PlacedNode key={shape.key} shape={shape} path={path} />
      ))}
      {nodes.map((shape) => (
        <NodeMessage key={shape.key} shape={shape} path={path} />
      ))}
      {editing !== null && <GroupNaming key={editing} group={editing} />}
    </>
  );
}

/** Why what is dragged cannot be dropped here, beside the pointer. */
function Refusal({ surface }: { readonly surface: CanvasSurface }) {
  const refusal = useStore(surface.transient, (transient) => transient.refusal);
  useStore(surface.editor.view, (view) => view.viewport);
  if (refusal === null) return null;
  const { x, y, scale } = surface.editor.view.getState().viewport;
  return (
    <div
      className={styles.refusal}
      role="status"
      style={{ left: refusal.at.x * scale + x + 16, top: refusal.at.y * scale + y + 16 }}
    >
      {refusal.reason}
    </div>
  );
}
