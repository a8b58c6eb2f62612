/** Moving the view with the hand. */

import type { Gesture, Ground, Pointer } from "./gesture";

export function pan({ surface }: Ground, start: Pointer): Gesture {
  const { editor } = surface;
  const before = editor.view.getState().viewport;
  let last = start.client;
  const follow = ({ client }: Pointer): void => {
    surface.pan(client.x - last.x, client.y - last.y);
    last = client;
  };
  return {
    cursor: "grabbing",
    move: follow,
    end: follow,
    cancel() {
      editor.look(before);
    },
  };
}
