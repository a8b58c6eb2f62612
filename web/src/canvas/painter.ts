/**
 * Paints a scene on two canvases: one behind the nodes that stand in the DOM, which has everything else, and one above
 * them for what is there only for a moment. The lower one is painted whole in every frame that shows something else:
 * at every scale that costs less than keeping what was painted before, as the prototype in benchmarks/web showed.
 */

import type { Key } from "../document/records";
import type { Viewport } from "../editor/editor";
import type { Scheme } from "./colours";
import { paintBorders } from "./paint/borders";
import { lookOf, type Brush } from "./paint/brush";
import { paintGround } from "./paint/ground";
import { paintGroups } from "./paint/groups";
import { paintLinks, paintReroutes } from "./paint/links";
import { paintNodes } from "./paint/nodes";
import { PicturePainter } from "./paint/pictures";
import { showsAnything, TransientPainter } from "./paint/transient";
import type { Scene } from "./scene";
import type { Transient } from "./transient";
import { viewOf } from "./viewport";

export interface Frame extends Pick<Brush, "selected" | "overlay"> {
  readonly viewport: Viewport;
  readonly transient: Transient;
  readonly scheme: Scheme;
  /** The nodes that stand in the DOM. */
  readonly mounted: ReadonlySet<Key>;
}

export class Painter {
  private readonly below: CanvasRenderingContext2D;
  private readonly above: CanvasRenderingContext2D;
  private readonly pictures: PicturePainter;
  private readonly passing = new TransientPainter();
  private width = 0;
  private height = 0;
  private ratio = 1;

  constructor(
    private readonly scene: Scene,
    below: HTMLCanvasElement,
    above: HTMLCanvasElement,
    onPicture: () => void,
  ) {
    this.pictures = new PicturePainter(onPicture);
    this.below = contextOf(below, false);
    this.above = contextOf(above, true);
  }

  /** In the page's pixels, of which each may be several of the screen's. */
  resize(width: number, height: number, ratio: number): void {
    Object.assign(this, { width, height, ratio });
    for (const { canvas } of [this.below, this.above]) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
  }

  paint(frame: Frame): void {
    this.place(this.below, frame.viewport);
    const brush = this.brush(this.below, frame);
    paintGround(brush);
    paintGroups(brush, this.scene);
    paintBorders(brush, this.scene);
    paintLinks(brush, this.scene);
    paintReroutes(brush, this.scene);
    const nodes = this.scene.nodesIn(brush.view);
    const unmounted = frame.mounted.size === 0 ? nodes : nodes.filter(({ key }) => !frame.mounted.has(key));
    if (unmounted.length > 0) {
      paintNodes(brush, unmounted);
      this.pictures.paint(brush, unmounted);
    }
    this.paintAbove(frame);
  }

  /** A canvas that shows nothing is not there: it would be one more layer to put together in every frame. */
  private paintAbove(frame: Frame): void {
    const { canvas } = this.above;
    const shown = showsAnything(frame.transient);
    if (canvas.hidden === shown) canvas.hidden = !shown;
    if (!shown) return;
    this.above.setTransform(1, 0, 0, 1, 0, 0);
    this.above.clearRect(0, 0, canvas.width, canvas.height);
    this.place(this.above, frame.viewport);
    this.passing.paint(this.brush(this.above, frame), this.scene, frame.transient);
  }

  private place(context: CanvasRenderingContext2D, { x, y, scale }: Viewport): void {
    const { ratio } = this;
    context.setTransform(ratio * scale, 0, 0, ratio * scale, ratio * x, ratio * y);
  }

  private brush(context: CanvasRenderingContext2D, frame: Frame): Brush {
    const { viewport, scheme, selected, overlay, transient } = frame;
    return {
      context,
      scheme,
      look: lookOf(scheme),
      view: viewOf(viewport, this.width, this.height),
      scale: viewport.scale,
      selected,
      hover: transient.hover,
      lifted: transient.lifted,
      overlay,
    };
  }
}

function contextOf(canvas: HTMLCanvasElement, alpha: boolean): CanvasRenderingContext2D {
  const context = canvas.getContext("2d", { alpha });
  if (!context) throw new Error("This browser has no 2d canvas.");
  return context;
}
