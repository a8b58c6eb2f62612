/** How commands are written down: what they are called follows from their id, and what they act on from the page. */

import type { Surface } from "../canvas/surface";
import type { App } from "../editor/app";
import type { Point } from "../document/records";
import type { Editor } from "../editor/editor";
import { activeTab } from "../editor/workspace";
import type { Strings } from "../i18n/strings";
import { GROUPS, type Command, type CommandGroup, type Submenu } from "./command";

/** Every command has its words, and words that no command has would not be found by the tests. */
export type CommandId = keyof Strings["commands"]["names"];

type Rest = Omit<Command, "id" | "group" | "label">;

export function command(id: CommandId, rest: Rest): Command {
  return { id, group: groupOf(id), label: ({ commands }) => commands.names[id], ...rest };
}

/** A command to the canvas that is shown: it can be done while there is one, and `when` holds. */
export function canvasCommand(
  id: CommandId,
  { run, when = () => true, ...rest }: Omit<Rest, "run" | "enabled"> & OnCanvas,
): Command {
  return command(id, {
    ...rest,
    enabled: (app) => {
      const surface = app.surface.getState();
      return surface !== null && when(surface);
    },
    run: (app) => {
      const surface = app.surface.getState();
      if (surface !== null) return run(surface, app);
    },
  });
}

interface OnCanvas {
  readonly when?: (surface: Surface) => boolean;
  readonly run: (surface: Surface, app: App) => void | Promise<void>;
}

export function submenu(id: keyof Strings["commands"]["submenus"], commands: readonly Command[]): Submenu {
  return { id, label: (strings) => strings.commands.submenus[id], commands };
}

/** Whether something is selected on the canvas. */
export const hasSelection = ({ editor }: Surface): boolean => editor.selection.getState().size > 0;

/** The middle of what is seen of the plane. */
export function middleOf(surface: Surface): Point {
  const { x, y, width, height } = surface.view();
  return { x: x + width / 2, y: y + height / 2 };
}

export function activeEditor(app: App): Editor | null {
  return activeTab(app.workspace.getState())?.editor ?? null;
}

function groupOf(id: CommandId): CommandGroup {
  const group = GROUPS.find((name) => id.startsWith(`${name}.`));
  if (group === undefined) throw new Error(`No group of commands begins the id ${id}.`);
  return group;
}
