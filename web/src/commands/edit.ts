/** Changing the workflow as one changes a text, and finding something in it. */

import type { Sections } from "./command";
import { activeEditor, canvasCommand, command } from "./define";

export const EDIT: Sections = [
  [
    command("edit.undo", {
      keys: ["mod+Z"],
      enabled: (app) => activeEditor(app)?.document.history.undoable != null,
      run: (app) => activeEditor(app)?.document.history.undo(),
    }),
    command("edit.redo", {
      keys: ["mod+Y", "mod+shift+Z"],
      enabled: (app) => activeEditor(app)?.document.history.redoable != null,
      run: (app) => activeEditor(app)?.document.history.redo(),
    }),
  ],
  [
    canvasCommand("edit.find", {
      keys: ["mod+F"],
      run: (_surface, { ui }) => {
        ui.setState({ dialog: { kind: "find" } });
      },
    }),
    canvasCommand("edit.add-node", {
      keys: ["A"],
      run: (surface, { ui }) => {
        const { x, y, width, height } = surface.view();
        ui.setState({ dialog: { kind: "add-node", at: { x: x + width / 2, y: y + height / 2 }, from: null } });
      },
    }),
  ],
];
