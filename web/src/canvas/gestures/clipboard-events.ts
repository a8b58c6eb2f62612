/**
 * Cutting, copying and pasting by the browser's own events, whichever keys or menus of the browser bring them: only so
 * may a page look into the clipboard unasked. In a text they mean the text.
 */

import type { Point } from "../../document/records";
import type { UiStore } from "../../editor/ui";
import { copySelected, cutSelected } from "../actions/clipboard";
import { centre } from "../bounds";
import { pasteFromText, pastePicture } from "../paste";
import type { Surface } from "../surface";
import { isText } from "./targets";

interface Hands {
  readonly surface: Surface;
  readonly ui: UiStore;
  /** Where the pointer is on the canvas; null: elsewhere. */
  readonly pointerAt: () => Point | null;
}

/** Returns how to stop hearing. */
export function hearClipboard({ surface, ui, pointerAt }: Hands): () => void {
  const ended = new AbortController();
  const { signal } = ended;
  /** The event of pasting does not say whether Shift is held. */
  let shift = false;

  const meant = (event: ClipboardEvent): boolean => ui.getState().dialog === null && !isText(event.target);

  const give = (event: ClipboardEvent, take: (editor: Surface["editor"]) => string | null): void => {
    if (!meant(event) || document.getSelection()?.isCollapsed === false) return;
    const text = take(surface.editor);
    if (text === null) return;
    event.clipboardData?.setData("text/plain", text);
    event.preventDefault();
  };

  const paste = (event: ClipboardEvent): void => {
    const data = event.clipboardData;
    if (!meant(event) || !data) return;
    event.preventDefault();
    const at = pointerAt() ?? centre(surface.view());
    const picture = [...data.files].find(({ type }) => type.startsWith("image/"));
    if (picture) void pastePicture(surface, picture, at);
    else void pasteFromText(surface, data.getData("text/plain"), at, { incoming: shift });
  };

  const on = { signal };
  document.addEventListener(
    "copy",
    (event) => {
      give(event, copySelected);
    },
    on,
  );
  document.addEventListener(
    "cut",
    (event) => {
      give(event, cutSelected);
    },
    on,
  );
  document.addEventListener("paste", paste, on);
  for (const type of ["keydown", "keyup"] as const) {
    window.addEventListener(
      type,
      (event) => {
        shift = event.shiftKey;
      },
      { signal, capture: true },
    );
  }
  return () => {
    ended.abort();
  };
}
