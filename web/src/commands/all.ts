/** Every command there is. Keys, menus and palettes are made from this list, so none of them knows one that others lack. */

import { commandsOf, type Command, type CommandGroup, type Sections } from "./command";
import { EDIT } from "./edit";
import { FILE } from "./file";
import { GRAPH } from "./graph";
import { HELP } from "./help";
import { RUN } from "./run";
import { VIEW } from "./view";

/** By group, in the order in which the menu shows them. */
export const MENU: Readonly<Record<CommandGroup, Sections>> = {
  file: FILE,
  edit: EDIT,
  view: VIEW,
  graph: GRAPH,
  run: RUN,
  help: HELP,
};

export const COMMANDS: readonly Command[] = Object.values(MENU).flatMap(commandsOf);
