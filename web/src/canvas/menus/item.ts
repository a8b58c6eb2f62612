/** Items of context menus that are no commands of the whole page: they are about what the menu was opened on. */

import { COMMANDS } from "../../commands/all";
import { GRAPH } from "../../commands/graph";
import type { Command, Submenu } from "../../commands/command";
import type { CommandId } from "../../commands/define";
import type { App } from "../../editor/app";
import type { Strings } from "../../i18n/strings";
import type { OverlayStore } from "../overlay";
import type { Surface } from "../surface";
import type { OpenMenu } from "./menu-store";

/** What the items of a menu may be about. */
export interface Scope extends OpenMenu {
  readonly app: App;
  readonly surface: Surface;
  readonly overlay: OverlayStore;
}

export function item(
  id: string,
  label: (words: Strings["gestures"]["menu"]) => string,
  run: () => void | Promise<void>,
  more: Partial<Pick<Command, "keys" | "enabled" | "checked">> = {},
): Command {
  return { id: `menu.${id}`, group: "graph", label: ({ gestures }) => label(gestures.menu), run, ...more };
}

/** The same item as in the menu of the page. */
export function command(id: CommandId): Command {
  const found = COMMANDS.find((command) => command.id === id);
  if (!found) throw new Error(`There is no command ${id}.`);
  return found;
}

/** A menu of several that the page's own has too. */
export function menuOf(id: "colour" | "align"): Submenu {
  const found = GRAPH.flat().find((part): part is Submenu => "commands" in part && part.id === id);
  if (!found) throw new Error(`There is no menu ${id}.`);
  return found;
}
