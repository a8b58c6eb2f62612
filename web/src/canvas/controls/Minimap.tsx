/** The whole graph in small, with the part of it that is seen. Pressed, the view goes there; arrow keys move it. */

import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef, type KeyboardEvent, type PointerEvent } from "react";

import type { Point } from "../../document/records";
import { useStrings } from "../../i18n/language";
import type { CanvasSurface } from "../canvas-surface";
import { lookOf } from "../paint/brush";
import { centred } from "../viewport";
import { MinimapPainter } from "./minimap-painter";
import styles from "./controls.module.css";

const WIDTH = 190;
const HEIGHT = 120;
/** By which the arrow keys move the view, in pixels. */
const STEP = 80;
const STEPS: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: STEP, y: 0 },
  ArrowRight: { x: -STEP, y: 0 },
  ArrowUp: { x: 0, y: STEP },
  ArrowDown: { x: 0, y: -STEP },
};

export function Minimap({ surface }: { readonly surface: CanvasSurface }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const painter = useRef<MinimapPainter>(null);
  const scheme = useComputedColorScheme("light", { getInitialValueInEffect: false });
  const words = useStrings().canvas.zoom;

  useEffect(() => {
    if (!canvas.current) return;
    const made = new MinimapPainter(canvas.current, surface, lookOf(scheme), { width: WIDTH, height: HEIGHT });
    painter.current = made;
    return () => {
      made.close();
    };
  }, [surface, scheme]);

  const lookAt = ({ currentTarget, clientX, clientY }: PointerEvent<HTMLDivElement>): void => {
    const { left, top } = currentTarget.getBoundingClientRect();
    const point = painter.current?.toPlane(clientX - left, clientY - top);
    if (!point) return;
    const { width, height } = surface.size;
    surface.editor.look(centred(point, surface.editor.view.getState().viewport.scale, width, height));
  };

  return (
    <div
      className={styles.minimap}
      role="group"
      aria-label={words.minimapHint}
      tabIndex={0}
      data-minimap=""
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        lookAt(event);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) lookAt(event);
      }}
      onKeyDown={(event: KeyboardEvent) => {
        const step = STEPS[event.key];
        if (!step) return;
        event.preventDefault();
        event.stopPropagation();
        surface.pan(step.x, step.y);
      }}
    >
      <canvas ref={canvas} aria-hidden />
    </div>
  );
}
