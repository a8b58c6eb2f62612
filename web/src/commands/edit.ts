/** Changing the workflow as one changes a text, and finding something in it. */

import { selectedNodes } from "../canvas/actions/board";
import { copySelected, cutSelected, duplicateSelected, pasteText } from "../canvas/actions/clipboard";
import { removeSelected, removeSelectedKeepingLinks } from "../canvas/actions/remove";
import { invertSelection, selectAll, selectNothing } from "../canvas/actions/select";
import { RecursionError } from "../document/clipboard";
import { NotACanvasError } from "../document/canvas-read";
import { strings } from "../i18n/language";
import type { Surface } from "../canvas/surface";
import { readClipboard, refuse, writeClipboard } from "./clipboard";
import type { Sections } from "./command";
import { activeEditor, canvasCommand, command, hasSelection, middleOf } from "./define";

export const EDIT: Sections = [
  [
    command("edit.undo", {
      keys: ["mod+Z"],
      enabled: (app) => (activeEditor(app)?.document.history.undoable ?? null) !== null,
      run: (app) => activeEditor(app)?.document.history.undo(),
    }),
    command("edit.redo", {
      keys: ["mod+Y", "mod+shift+Z"],
      enabled: (app) => (activeEditor(app)?.document.history.redoable ?? null) !== null,
      run: (app) => activeEditor(app)?.document.history.redo(),
    }),
  ],
  [
    // By their keys the browser tells the canvas to cut, copy and paste; only so may a page look into the clipboard unasked.
    canvasCommand("edit.cut", {
      keys: ["mod+X"],
      heardElsewhere: true,
      when: hasSelection,
      run: async ({ editor }) => {
        await writeClipboard(cutSelected(editor));
      },
    }),
    canvasCommand("edit.copy", {
      keys: ["mod+C"],
      heardElsewhere: true,
      when: hasSelection,
      run: async ({ editor }) => {
        await writeClipboard(copySelected(editor));
      },
    }),
    canvasCommand("edit.paste", { keys: ["mod+V"], heardElsewhere: true, run: (surface) => paste(surface, false) }),
    canvasCommand("edit.paste-linked", {
      keys: ["mod+shift+V"],
      heardElsewhere: true,
      run: (surface) => paste(surface, true),
    }),
    canvasCommand("edit.duplicate", {
      keys: ["mod+D"],
      when: hasSelection,
      run: ({ editor }) => {
        duplicateSelected(editor);
      },
    }),
    canvasCommand("edit.delete", {
      keys: ["Delete", "Backspace"],
      when: hasSelection,
      run: ({ editor }) => {
        removeSelected(editor);
      },
    }),
    canvasCommand("edit.delete-joining", {
      when: ({ editor }) => selectedNodes(editor).length > 0,
      run: ({ editor }) => {
        removeSelectedKeepingLinks(editor);
      },
    }),
  ],
  [
    canvasCommand("edit.select-all", {
      keys: ["mod+A"],
      run: ({ editor }) => {
        selectAll(editor);
      },
    }),
    canvasCommand("edit.select-nothing", {
      when: hasSelection,
      run: ({ editor }) => {
        selectNothing(editor);
      },
    }),
    canvasCommand("edit.invert-selection", {
      run: ({ editor }) => {
        invertSelection(editor);
      },
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
        ui.setState({ dialog: { kind: "add-node", at: middleOf(surface), from: null } });
      },
    }),
  ],
];

async function paste(surface: Surface, incoming: boolean): Promise<void> {
  const text = await readClipboard();
  if (text === null) return;
  try {
    pasteText(surface.editor, text, middleOf(surface), { incoming });
  } catch (error) {
    const expected = [SyntaxError, NotACanvasError, RecursionError].some((kind) => error instanceof kind);
    if (!expected) throw error;
    refuse(strings().commands.clipboard.noWorkflow);
  }
}
