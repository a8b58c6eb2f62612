/**
 * Paints the minimap. The graph is painted apart, and anew only when it changed and not more often than a person would
 * see; a view that moves costs one copy of that and a frame.
 */

import type { Bounds, Point, Size } from "../../document/records";
import type { CanvasSurface } from "../canvas-surface";
import { grown } from "../bounds";
import { colourOfNode } from "../colours";
import type { Look } from "../look";

const OFTEN_MS = 120;
const MARGIN = 8;

export class MinimapPainter {
  private readonly context: CanvasRenderingContext2D;
  private readonly graph: OffscreenCanvasRenderingContext2D;
  private readonly ratio = window.devicePixelRatio;
  private readonly ends: (() => void)[];
  private requested = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private scale = 1;
  private origin: Point = { x: 0, y: 0 };

  constructor(
    canvas: HTMLCanvasElement,
    private readonly surface: CanvasSurface,
    private readonly look: Look,
    private readonly size: Size,
  ) {
    const [width, height] = [size.width * this.ratio, size.height * this.ratio];
    Object.assign(canvas, { width, height });
    Object.assign(canvas.style, { width: `${size.width}px`, height: `${size.height}px` });
    const context = canvas.getContext("2d");
    const graph = new OffscreenCanvas(width, height).getContext("2d");
    if (!context || !graph) throw new Error("This browser has no 2d canvas.");
    this.context = context;
    this.graph = graph;
    this.ends = [
      surface.scene.subscribe(() => {
        this.timer ??= setTimeout(() => {
          this.timer = undefined;
          this.paintGraph();
        }, OFTEN_MS);
      }),
      surface.editor.view.subscribe(() => {
        this.request();
      }),
    ];
    this.paintGraph();
  }

  close(): void {
    for (const end of this.ends) end();
    clearTimeout(this.timer);
    cancelAnimationFrame(this.requested);
  }

  /** A point of the minimap in the plane. */
  toPlane(x: number, y: number): Point {
    return { x: (x - this.origin.x) / this.scale, y: (y - this.origin.y) / this.scale };
  }

  private request(): void {
    if (this.requested !== 0) return;
    this.requested = requestAnimationFrame(() => {
      this.requested = 0;
      this.paintView();
    });
  }

  private paintGraph(): void {
    const { graph, look, surface } = this;
    this.place(surface.scene.everything() ?? surface.view());
    this.begin(graph);
    const all = surface.scene.everything();
    for (const { bounds } of all ? [...surface.scene.groupsIn(all), ...surface.scene.bordersIn(all)] : []) {
      graph.globalAlpha = 0.35;
      graph.fillStyle = look.group;
      graph.fillRect(bounds.x, bounds.y, bounds.width, bounds.height);
    }
    graph.globalAlpha = 1;
    const least = 1.5 / this.scale;
    for (const { record, bounds } of surface.scene.allNodes()) {
      const colour = colourOfNode(record.background);
      graph.fillStyle = colour ? colour[look.scheme] : look.dim;
      graph.fillRect(bounds.x, bounds.y, Math.max(bounds.width, least), Math.max(bounds.height, least));
    }
    this.paintView();
  }

  private paintView(): void {
    const { context, look, surface } = this;
    const { canvas } = context;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.drawImage(this.graph.canvas, 0, 0);
    const { x, y, width, height } = this.shown(surface.view());
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.fillStyle = look.accentSoft;
    context.fillRect(x, y, width, height);
    context.strokeStyle = look.accent;
    context.lineWidth = 1.5;
    context.strokeRect(x, y, width, height);
  }

  /** Where a part of the plane is in the minimap; what lies beside it is at its edge. */
  private shown({ x, y, width, height }: Bounds): Bounds {
    const left = this.origin.x + x * this.scale;
    const top = this.origin.y + y * this.scale;
    const within = (value: number, most: number): number => Math.min(most - 1, Math.max(1, value));
    const [start, end] = [within(left, this.size.width), within(left + width * this.scale, this.size.width)];
    const [above, below] = [within(top, this.size.height), within(top + height * this.scale, this.size.height)];
    return { x: start, y: above, width: end - start, height: below - above };
  }

  private place(graph: Bounds): void {
    const { width, height } = this.size;
    const bounds = grown(graph, 1);
    this.scale = Math.min((width - 2 * MARGIN) / bounds.width, (height - 2 * MARGIN) / bounds.height, 0.15);
    this.origin = {
      x: width / 2 - (bounds.x + bounds.width / 2) * this.scale,
      y: height / 2 - (bounds.y + bounds.height / 2) * this.scale,
    };
  }

  private begin(context: OffscreenCanvasRenderingContext2D): void {
    const { ratio, scale, origin } = this;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, context.canvas.width, context.canvas.height);
    context.setTransform(ratio * scale, 0, 0, ratio * scale, ratio * origin.x, ratio * origin.y);
  }
}
