/** A rectangle that selects what it touches; of groups, those it holds. */

import { between } from "../bounds";
import { holds } from "../bounds";
import type { Gesture, Ground, Pointer } from "./gesture";

/** `adding`: what is selected already stays so. */
export function boxSelect({ surface }: Ground, start: Pointer, { adding }: { readonly adding: boolean }): Gesture {
  const { editor, scene, transient } = surface;
  const before = editor.selection.getState();
  const follow = ({ at }: Pointer): void => {
    const box = between(start.at, at);
    transient.setState({ box });
    const touched = scene.within(box).filter((key) => {
      const bounds = scene.boundsOf(key);
      return editor.document.store.get(key)?.kind !== "group" || (bounds !== undefined && holds(box, bounds));
    });
    editor.select(adding ? new Set([...before, ...touched]) : touched);
  };
  return {
    cursor: "crosshair",
    pushes: true,
    move: follow,
    end(pointer) {
      follow(pointer);
      transient.setState({ box: null });
    },
    cancel() {
      transient.setState({ box: null });
      editor.select(before);
    },
  };
}
