/** Pasting what the system's clipboard holds: a part of a workflow in either format, or a picture. */

import { notifications } from "@mantine/notifications";

import { fetchCatalog } from "../classes/fetch-catalog";
import { RecursionError } from "../document/clipboard";
import { setWidget } from "../document/edit-nodes";
import type { Point } from "../document/records";
import { toCanvas } from "../files/convert";
import { NoWorkflowError } from "../files/no-workflow";
import { readText } from "../files/read";
import { strings } from "../i18n/language";
import { addClass } from "../nodes/add-class";
import { toName } from "../widgets/picture/annotated";
import { UploadError, uploadPicture } from "../widgets/picture/upload";
import { pasteText } from "./actions/clipboard";
import type { Surface } from "./surface";

/** What the text holds, with its upper left corner at `at`; whether it holds a workflow at all. */
export async function pasteFromText(
  { editor }: Surface,
  text: string,
  at: Point,
  how: { readonly incoming?: boolean } = {},
): Promise<boolean> {
  try {
    const { format, text: found } = readText(text);
    pasteText(editor, format === "canvas" ? found : await toCanvas(found), at, how);
    return true;
  } catch (error) {
    if (error instanceof RecursionError) refuse(strings().gestures.paste.recursion);
    else if (!(error instanceof NoWorkflowError)) throw error;
    else return false;
    return true;
  }
}

/** Upload the picture, and add a node that loads it. */
export async function pastePicture(surface: Surface, file: File, at: Point): Promise<void> {
  try {
    const stored = await uploadPicture(file);
    // It is among the options before it is chosen, so it is never shown as missing.
    await fetchCatalog(surface.editor.catalog);
    const { store, history } = surface.editor.document;
    const label = strings().gestures.done.paste;
    const mark = history.mark();
    const key = addClass(surface, LOAD_IMAGE, at, null);
    if (key === null) return;
    store.transact(label, (transaction) => {
      setWidget(transaction, key, { index: 0, name: "image" }, toName(stored, "input"));
    });
    history.squash(mark, label);
  } catch (error) {
    if (!(error instanceof UploadError)) throw error;
    refuse(error.message);
  }
}

const LOAD_IMAGE = "LoadImage";

function refuse(message: string): void {
  notifications.show({ color: "orange", message });
}
