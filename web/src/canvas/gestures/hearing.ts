/**
 * Hears the pointers, the wheel and the keys over a canvas and makes gestures of them, one at a time. What a press means
 * is decided in `begin.ts`, and what a key means in `keys.ts`.
 */

import type { Key, Point } from "../../document/records";
import type { Hit } from "../hit";
import { subjectAt } from "../menus/menu-store";
import { begin } from "./begin";
import { doubleClick } from "./double-click";
import { EdgePush } from "./edge-push";
import { Fingers } from "./fingers";
import type { Gesture, Ground, Held, Pointer } from "./gesture";
import { pressKey } from "./keys";
import { pan } from "./pan";
import { isFree, isOwn, isText, takesWheel } from "./targets";
import { Wheel } from "./wheel";

type Place = Pick<MouseEvent, "clientX" | "clientY">;

interface Active {
  readonly gesture: Gesture;
  /** The pointer that makes it. */
  readonly id: number;
}

export class Hearing {
  private readonly ended = new AbortController();
  private readonly wheel: Wheel;
  private readonly push: EdgePush;
  private readonly fingers: Fingers;
  private active: Active | null = null;
  /** Where the pointer is, in the window; null: not on the canvas. */
  private place: Place | null = null;
  private held: Held = { shift: false, ctrl: false, alt: false };
  /** The last finger rested, which opened a menu. */
  private rested = false;
  /** The space bar is held: whatever is pressed moves the view. */
  private hand = false;

  constructor(private readonly ground: Ground) {
    const { surface } = ground;
    const { element } = surface;
    this.wheel = new Wheel(surface);
    this.fingers = new Fingers(surface);
    this.push = new EdgePush(surface, () => {
      this.follow();
    });
    const { signal } = this.ended;
    element.addEventListener("pointerdown", this.down, { signal });
    element.addEventListener("touchend", this.touchEnd, { signal, passive: false });
    element.addEventListener("pointerleave", this.leave, { signal });
    element.addEventListener("wheel", this.turn, { signal, passive: false });
    element.addEventListener("dblclick", this.twice, { signal });
    element.addEventListener("contextmenu", this.menu, { signal });
    element.addEventListener("keydown", this.key, { signal });
    element.addEventListener("focusin", this.focus, { signal });
    // A gesture goes on beyond the canvas.
    window.addEventListener("pointermove", this.move, { signal });
    window.addEventListener("pointerup", this.up, { signal });
    window.addEventListener("pointercancel", this.lost, { signal });
    window.addEventListener("keydown", this.keyDown, { signal, capture: true });
    window.addEventListener("keyup", this.keyUp, { signal, capture: true });
    window.addEventListener("blur", this.away, { signal });
  }

  stop(): void {
    this.away();
    this.ended.abort();
  }

  /** Where the pointer is, in the plane; null: not on the canvas. */
  pointerAt(): Point | null {
    return this.place && this.pointer(this.place).at;
  }

  // ---- one gesture ----

  private readonly down = (event: PointerEvent): void => {
    this.at(event);
    if (event.pointerType === "touch" && this.fingerDown(event) > 1) return;
    if (this.active) return;
    const pointer = this.pointer(event);
    if (event.button === 1 || (event.button === 0 && this.hand)) {
      event.preventDefault(); // or else the middle button scrolls the page
      this.start(pan(this.ground, pointer), event);
    } else if (event.button === 0) {
      const hit = this.hitAt(event);
      if (isOwn(event.target)) this.selectOwner(hit);
      else this.start(begin(this.ground, pointer, hit), event);
    }
  };

  private fingerDown(event: PointerEvent): number {
    const fingers = this.fingers.down(event, () => {
      this.cancel();
      this.rested = true;
      this.openMenu(event);
    });
    this.rested = false;
    if (fingers > 1) this.cancel();
    return fingers;
  }

  /** The click that browsers make of a finger that is lifted would close the menu that it opened. */
  private readonly touchEnd = (event: TouchEvent): void => {
    if (this.rested) event.preventDefault();
  };

  private readonly move = (event: PointerEvent): void => {
    this.fingers.move(event);
    if (this.active ? event.pointerId !== this.active.id : !this.over(event)) return;
    this.at(event);
    if (this.active) this.follow();
    else if (event.pointerType !== "touch") this.hover(event);
  };

  private readonly up = (event: PointerEvent): void => {
    this.fingers.up(event);
    const { active } = this;
    if (event.pointerId !== active?.id) return;
    this.at(event);
    this.finish();
    active.gesture.end(this.pointer(event));
    if (this.over(event)) this.hover(event);
  };

  private readonly lost = (event: PointerEvent): void => {
    this.fingers.up(event);
    if (event.pointerId === this.active?.id) this.cancel();
  };

  private start(gesture: Gesture, event: PointerEvent): void {
    this.active = { gesture, id: event.pointerId };
    this.point(gesture.cursor);
  }

  /** Tell the gesture where the pointer is: it, the view, or what is held down has changed. */
  private follow(): void {
    const { active, place } = this;
    if (!active || !place) return;
    active.gesture.move(this.pointer(place));
    this.push.at(active.gesture.pushes ? { x: place.clientX, y: place.clientY } : null);
    this.point(active.gesture.cursor);
  }

  private finish(): void {
    this.active = null;
    this.push.at(null);
    this.point();
  }

  private cancel(): void {
    const { active } = this;
    if (!active) return;
    this.finish();
    active.gesture.cancel();
  }

  // ---- what is no gesture ----

  private hover(event: PointerEvent): void {
    const { transient } = this.ground.surface;
    const hit: Hit = isOwn(event.target) ? { kind: "nothing" } : this.hitAt(event);
    const hover = hoveredBy(hit);
    if (transient.getState().hover !== hover) transient.setState({ hover });
    this.point(this.hand ? "grab" : CURSORS[hit.kind]);
  }

  private readonly leave = (): void => {
    if (this.active) return;
    this.place = null;
    this.ground.surface.transient.setState({ hover: null });
  };

  private readonly turn = (event: WheelEvent): void => {
    if (takesWheel(event.target) && !event.ctrlKey) return;
    event.preventDefault();
    this.wheel.turn(event);
    this.follow();
  };

  private readonly twice = (event: MouseEvent): void => {
    if (!isOwn(event.target)) doubleClick(this.ground, this.hitAt(event), this.pointer(event).at);
  };

  private readonly menu = (event: MouseEvent): void => {
    if (isText(event.target)) return; // the browser's own menu pastes and spells
    event.preventDefault();
    // A key opens it too, and then the pointer is elsewhere.
    if (event.button === 2 || event.buttons !== 0) this.openMenu(event);
  };

  private openMenu(place: Place): void {
    const { menu, surface } = this.ground;
    const { at, client } = this.pointer(place);
    menu.setState({ open: { subject: subjectAt(surface.editor, this.hitAt(place)), at, client } });
  }

  /** Whoever works at a node's widget means that node. */
  private selectOwner(hit: Hit): void {
    const { editor } = this.ground.surface;
    if ("node" in hit && !editor.selection.getState().has(hit.node)) editor.select([hit.node]);
  }

  // ---- keys ----

  private readonly key = (event: KeyboardEvent): void => {
    if (isOwn(event.target) || event.defaultPrevented) return;
    if (pressKey(this.ground, event)) event.preventDefault();
  };

  /** Who goes from node to node by key chooses the one that is reached. */
  private readonly focus = ({ target }: FocusEvent): void => {
    const node =
      target instanceof Element && target.matches(":focus-visible") ? target.getAttribute("data-node") : null;
    if (node !== null) this.ground.surface.editor.select([node]);
  };

  private readonly keyDown = (event: KeyboardEvent): void => {
    this.holding(event);
    if (this.active && event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.cancel();
    } else if (event.key === " " && isFree(event.target, this.ground.surface.element)) {
      event.preventDefault();
      this.hand = true;
      if (!this.active) this.point("grab");
    }
  };

  private readonly keyUp = (event: KeyboardEvent): void => {
    this.holding(event);
    if (event.key !== " ") return;
    this.hand = false;
    if (!this.active) this.point();
  };

  /** The window lost the keyboard: which keys are let go now will not be heard. */
  private readonly away = (): void => {
    this.cancel();
    this.fingers.clear();
    this.hand = false;
  };

  // ---- where and how ----

  private at(event: PointerEvent): void {
    this.place = event;
    this.held = heldBy(event);
  }

  private holding(event: KeyboardEvent): void {
    const held = heldBy(event);
    const { shift, ctrl, alt } = this.held;
    this.held = held;
    if (held.shift !== shift || held.ctrl !== ctrl || held.alt !== alt) this.follow();
  }

  private pointer({ clientX, clientY }: Place): Pointer {
    const at = this.ground.surface.toPlane(clientX, clientY);
    return { at, client: { x: clientX, y: clientY }, ...this.held };
  }

  private hitAt({ clientX, clientY }: Place): Hit {
    const { surface } = this.ground;
    return surface.scene.hit(surface.toPlane(clientX, clientY), surface.editor.view.getState().viewport.scale);
  }

  private over({ target }: Event): boolean {
    return target instanceof Node && this.ground.surface.element.contains(target);
  }

  private point(cursor = ""): void {
    const { style } = this.ground.surface.element;
    if (style.cursor !== cursor) style.cursor = cursor;
  }
}

const CURSORS: Readonly<Partial<Record<Hit["kind"], string>>> = {
  socket: "crosshair",
  resize: "nwse-resize",
  "group-resize": "nwse-resize",
  collapse: "pointer",
  link: "pointer",
  reroute: "move",
};

function hoveredBy(hit: Hit): Key | null {
  if (hit.kind === "link") return hit.link;
  if (hit.kind === "reroute") return hit.reroute;
  return "group" in hit ? hit.group : null;
}

function heldBy(event: MouseEvent | KeyboardEvent): Held {
  return { shift: event.shiftKey, ctrl: event.ctrlKey || event.metaKey, alt: event.altKey };
}
