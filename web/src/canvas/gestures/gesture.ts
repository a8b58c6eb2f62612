/** What a gesture is: something that begins with a press, follows the pointer, and ends or is taken back. */

import type { Point } from "../../document/records";
import type { SettingsStore } from "../../editor/settings";
import type { UiStore } from "../../editor/ui";
import type { MenuStore } from "../menus/menu-store";
import type { Surface } from "../surface";

/** Which keys are held down with the pointer. */
export interface Held {
  readonly shift: boolean;
  /** Ctrl, or ⌘. */
  readonly ctrl: boolean;
  readonly alt: boolean;
}

/** Where the pointer is, and what is held down with it. */
export interface Pointer extends Held {
  /** In the plane. */
  readonly at: Point;
  /** In the window, in pixels. */
  readonly client: Point;
}

export interface Gesture {
  move(pointer: Pointer): void;
  end(pointer: Pointer): void;
  /** Everything is as it was before. */
  cancel(): void;
  /** While this goes on; null: what lies under the pointer says it. */
  readonly cursor?: string;
  /** The view follows where the pointer pushes against its edge. */
  readonly pushes?: boolean;
}

/** What gestures are made upon. */
export interface Ground {
  readonly surface: Surface;
  readonly settings: SettingsStore;
  readonly ui: UiStore;
  readonly menu: MenuStore;
}

export interface Press {
  /** What it comes to if the pointer stays where it is. */
  readonly click?: () => void;
  /** What it becomes if the pointer moves. */
  readonly drag?: () => Gesture;
}

/** A press of which it is not known yet whether it is a click or the beginning of a drag. */
export function press(start: Pointer, { click, drag }: Press): Gesture {
  let dragging: Gesture | undefined;
  return {
    move(pointer) {
      if (!dragging && far(start.client, pointer.client)) dragging = drag?.();
      dragging?.move(pointer);
    },
    end(pointer) {
      if (dragging) dragging.end(pointer);
      else if (!far(start.client, pointer.client)) click?.();
    },
    cancel() {
      dragging?.cancel();
    },
    get cursor() {
      return dragging?.cursor;
    },
    get pushes() {
      return dragging?.pushes;
    },
  };
}

/** Further than a hand trembles. */
function far(from: Point, to: Point): boolean {
  return Math.hypot(to.x - from.x, to.y - from.y) > 4;
}
