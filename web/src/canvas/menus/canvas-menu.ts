/** The menu of the canvas where nothing lies. */

import { MARKDOWN_NOTE, NOTE } from "../../classes/editor-classes";
import { readClipboard } from "../../commands/clipboard";
import type { Sections } from "../../commands/command";
import { addClass } from "../../nodes/add-class";
import { arrangeAll } from "../actions/arrange";
import { addFrameAt } from "../actions/frames";
import { startNaming } from "../actions/name";
import { pasteFromText } from "../paste";
import { command, item, type Scope } from "./item";

export function canvasMenu({ surface, app, at }: Scope): Sections {
  return [
    [
      item(
        "add-node",
        ({ addNode }) => addNode,
        () => {
          app.ui.setState({ dialog: { kind: "add-node", at, from: null } });
        },
      ),
      item(
        "add-note",
        ({ addNote }) => addNote,
        () => {
          addClass(surface, NOTE, at, null);
        },
      ),
      item(
        "add-markdown",
        ({ addMarkdown }) => addMarkdown,
        () => {
          addClass(surface, MARKDOWN_NOTE, at, null);
        },
      ),
      item(
        "add-frame",
        ({ addFrame }) => addFrame,
        () => {
          startNaming(surface, addFrameAt(surface, at));
        },
      ),
    ],
    [
      item(
        "paste",
        ({ pasteHere }) => pasteHere,
        async () => {
          const text = await readClipboard();
          if (text !== null) await pasteFromText(surface, text, at);
        },
        { keys: ["mod+V"] },
      ),
      command("edit.select-all"),
    ],
    [
      item(
        "arrange-all",
        ({ arrangeAll }) => arrangeAll,
        () => arrangeAll(surface),
      ),
      command("view.fit"),
    ],
  ];
}
