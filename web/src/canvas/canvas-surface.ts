/**
 * The canvas of one editor, outside of React: it follows the document, the view, the selection, the last run and what
 * is transient, and brings them to the screen once in a frame, however many of them changed. In a frame that pans, the
 * layer of nodes gets another transform, the canvas is painted, and React is not asked unless nodes come near that were
 * not.
 */

import type { CatalogStore } from "../classes/catalog";
import { faceOf } from "../classes/face";
import type { NodeFace } from "../classes/types";
import { nodeKey, type Bounds, type Key, type Point, type Size } from "../document/records";
import { runId, type Editor, type Viewport } from "../editor/editor";
import type { SettingsStore } from "../editor/settings";
import type { Scheme } from "./colours";
import { Glide } from "./glide";
import { Mounted } from "./mounted";
import type { Shown } from "./layout";
import type { NodeOverlay, OverlayStore } from "./overlay";
import { Painter } from "./painter";
import { Scene } from "./scene";
import type { Surface } from "./surface";
import { createTransient } from "./transient";
import { centred, fitting, opening, revealing, viewOf, viewportOfFile, zoomed } from "./viewport";

export interface Parts {
  /** Fills the canvas and hears pointers and keys. */
  readonly element: HTMLElement;
  /** Moves with the view; nodes lie in it. */
  readonly layer: HTMLElement;
  readonly below: HTMLCanvasElement;
  readonly above: HTMLCanvasElement;
  readonly editor: Editor;
  readonly overlay: OverlayStore;
  readonly settings: SettingsStore;
  readonly scheme: Scheme;
}

export class CanvasSurface implements Surface {
  readonly element: HTMLElement;
  readonly editor: Editor;
  readonly overlay: OverlayStore;
  readonly scene: Scene;
  readonly mounted: Mounted;
  readonly transient = createTransient();
  private readonly settings: SettingsStore;
  private readonly layer: HTMLElement;
  private readonly painter: Painter;
  private readonly glide: Glide;
  private readonly ends: (() => void)[];
  private width = 0;
  private height = 0;
  private requested = 0;
  private scheme: Scheme;
  /** What the last run says, by the nodes of the graph that is shown. */
  private overlays: ReadonlyMap<Key, NodeOverlay> = new Map();
  /** The node that is to have the keyboard as soon as it is there. */
  private wanted: Key | null = null;

  constructor({ element, layer, below, above, editor, overlay, settings, scheme }: Parts) {
    this.element = element;
    this.layer = layer;
    this.editor = editor;
    this.overlay = overlay;
    this.settings = settings;
    this.scheme = scheme;
    this.scene = new Scene(editor.document.store, facesOf(editor, editor.catalog), editor.graph);
    this.mounted = new Mounted(this.scene);
    this.painter = new Painter(this.scene, below, above, () => {
      this.request();
    });
    this.glide = new Glide(editor);
    this.ends = this.follow();
    this.takeOverlays();
    this.measure();
  }

  close(): void {
    cancelAnimationFrame(this.requested);
    this.glide.stop();
    for (const end of this.ends) end();
  }

  setScheme(scheme: Scheme): void {
    this.scheme = scheme;
    this.request();
  }

  // ---- Surface ----

  toPlane(clientX: number, clientY: number): Point {
    const { left, top } = this.element.getBoundingClientRect();
    const { x, y, scale } = this.editor.view.getState().viewport;
    return { x: (clientX - left - x) / scale, y: (clientY - top - y) / scale };
  }

  toWindow(point: Point): Point {
    const { left, top } = this.element.getBoundingClientRect();
    const { x, y, scale } = this.editor.view.getState().viewport;
    return { x: point.x * scale + x + left, y: point.y * scale + y + top };
  }

  view(): Bounds {
    return viewOf(this.editor.view.getState().viewport, this.width, this.height);
  }

  fit(keys?: Iterable<Key>): void {
    const bounds = keys ? this.scene.around(keys) : this.scene.everything();
    if (bounds) this.look(fitting(bounds, this.width, this.height));
  }

  zoom(scale: number, around = middleOf(this.view())): void {
    this.editor.look(zoomed(this.editor.view.getState().viewport, scale, around));
  }

  pan(x: number, y: number): void {
    const { viewport } = this.editor.view.getState();
    this.editor.look({ ...viewport, x: viewport.x + x, y: viewport.y + y });
  }

  look(viewport: Viewport): void {
    this.glide.to(viewport);
  }

  focus(node: Key): void {
    this.wanted = node;
    this.reveal(node);
    this.mounted.invalidate();
    this.request();
  }

  // ---- for the view ----

  /** In pixels. */
  get size(): Size {
    return { width: this.width, height: this.height };
  }

  /** Move the view as little as is needed to see the node. */
  reveal(node: Key): void {
    const bounds = this.scene.boundsOf(node);
    if (!bounds) return;
    const { viewport } = this.editor.view.getState();
    const next = revealing(viewport, bounds, this.width, this.height);
    if (next !== viewport) this.editor.look(next);
  }

  /** Of a node of the graph that is shown. */
  runIdOf(node: Key): string | null {
    const shape = this.scene.node(node);
    return shape ? runId(this.editor.view.getState().path, shape.record.id) : null;
  }

  // ---- following ----

  private follow(): (() => void)[] {
    const { editor, scene } = this;
    const resized = new ResizeObserver(() => {
      this.measure();
    });
    resized.observe(this.element);
    return [
      () => {
        resized.disconnect();
      },
      scene.follow(),
      scene.subscribe(() => {
        this.mounted.invalidate();
        this.request();
      }),
      editor.catalog.subscribe(() => {
        scene.rebuild();
      }),
      editor.view.subscribe((view, before) => {
        if (view.path !== before.path) {
          scene.show(editor.graph);
          this.takeOverlays();
        }
        this.request();
      }),
      editor.selection.subscribe(() => {
        this.request();
      }),
      this.transient.subscribe((now, before) => {
        if (now.editing !== before.editing) this.mounted.invalidate();
        this.request();
      }),
      this.settings.subscribe(() => {
        this.takeOverlays();
      }),
      this.overlay.subscribe(() => {
        this.takeOverlays();
        this.request();
      }),
    ];
  }

  private takeOverlays(): void {
    const { path } = this.editor.view.getState();
    const around = runId(path, "");
    const overlays = new Map<Key, NodeOverlay>();
    for (const [id, overlay] of this.overlay.getState()) {
      const inner = id.slice(around.length);
      if (id.startsWith(around) && !inner.includes(":")) overlays.set(nodeKey(this.editor.graph, inner), overlay);
    }
    this.overlays = overlays;
    const { previews } = this.settings.getState();
    const shown = Array.from(overlays, ([key, { preview, pictures, text }]): [Key, Shown] => {
      return [key, { picture: pictures.length > 0 || (previews && preview !== null), text: text !== null }];
    });
    this.scene.showOutcomes(new Map(shown.filter(([, { picture, text }]) => picture || text)));
  }

  private measure(): void {
    const { clientWidth: width, clientHeight: height } = this.element;
    const { editor } = this;
    this.width = width;
    this.height = height;
    if (width === 0 || height === 0) return;
    this.painter.resize(width, height, window.devicePixelRatio);
    this.mounted.invalidate();
    // A canvas that was made smaller or larger is empty until it is painted, so that cannot wait.
    if (editor.view.getState().unseen) this.request();
    else this.draw();
  }

  // ---- drawing ----

  private request(): void {
    if (this.requested !== 0) return;
    this.requested = requestAnimationFrame(() => {
      this.requested = 0;
      this.draw();
    });
  }

  private draw(): void {
    if (this.width === 0 || this.height === 0) return;
    const { editor } = this;
    if (editor.view.getState().unseen) this.firstLook();
    const { viewport } = editor.view.getState();
    const { x, y, scale } = viewport;
    const more = this.mounted.update(this.view(), scale, this.inUse());
    this.layer.style.transform = `translate3d(${x}px, ${y}px, 0) scale(${scale})`;
    this.painter.paint({
      viewport,
      scheme: this.scheme,
      transient: this.transient.getState(),
      selected: editor.selection.getState(),
      mounted: this.mounted.present,
      overlay: (node) => this.overlays.get(node),
    });
    if (this.wanted !== null) this.giveFocus(this.wanted);
    if (more) this.request();
  }

  private firstLook(): void {
    const { editor } = this;
    const graph = editor.document.store.need(editor.graph, "graph");
    const { width, height } = this;
    const everything = this.scene.everything();
    const begun = everything && opening(everything, this.scene.first()?.bounds ?? everything, width, height);
    editor.look(viewportOfFile(graph) ?? begun ?? centred({ x: 0, y: 0 }, 1, width, height));
  }

  /** The nodes that must stay in the DOM wherever they are, lest a text being typed be lost. */
  private inUse(): ReadonlySet<Key> {
    const active = this.layer.contains(document.activeElement) ? document.activeElement : null;
    const focused = active?.closest("[data-node]")?.getAttribute("data-node");
    const keys = [focused, this.transient.getState().editing, this.wanted];
    return new Set(keys.filter((key) => key !== null && key !== undefined));
  }

  private giveFocus(node: Key): void {
    const element = this.layer.querySelector<HTMLElement>(`[data-node="${CSS.escape(node)}"]`);
    if (element) {
      this.wanted = null;
      element.focus({ preventScroll: true });
    } else if (this.scene.node(node)) this.request();
    else this.wanted = null;
  }
}

const middleOf = ({ x, y, width, height }: Bounds): Point => ({ x: x + width / 2, y: y + height / 2 });

/** Until the server has said which classes there are, none is missing, and nobody knows what its values are called. */
function facesOf(editor: Editor, catalog: CatalogStore): (key: Key) => NodeFace {
  return (key) => {
    const known = catalog.getState();
    const face = faceOf(editor.document.store, key, known);
    return face.kind === "missing" && known.state !== "known" ? { ...face, kind: "plain", widgets: [] } : face;
  };
}
