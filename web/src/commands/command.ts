/**
 * What a person can tell the page to do, whichever way: by key, by button, by menu or by the palette. A command knows
 * what it does, not who asks.
 */

import type { App } from "../editor/app";
import type { Strings } from "../i18n/strings";
import { may, useSession, type Scope } from "../state/session";

export interface Command {
  /** `edit.undo`: group and name. */
  readonly id: string;
  readonly group: CommandGroup;
  readonly label: (strings: Strings) => string;
  /** As `keys.ts` reads them, `mod` being Ctrl or ⌘; the first is the one that is shown: `["mod+Z"]`. */
  readonly keys?: readonly string[];
  /** Its keys work while a text is being edited too. */
  readonly inText?: boolean;
  /** Its keys are the browser's or the canvas's to hear: they are shown here, and told by another event. */
  readonly heardElsewhere?: boolean;
  /** Whether it is there at all for who looks; it always is, where nothing is said. */
  readonly offered?: () => boolean;
  /** How far whoever is signed in must be trusted; everybody may do it, where nothing is said. */
  readonly needs?: Scope;
  /** Whether it can be done now; it always can, where nothing is said. */
  readonly enabled?: (app: App) => boolean;
  /** Of a command that turns something on and off: whether it is on. */
  readonly checked?: (app: App) => boolean;
  readonly run: (app: App) => void | Promise<void>;
}

/** In the order in which the sheet of shortcuts lists them. */
export const GROUPS = ["run", "file", "edit", "view", "graph", "help"] as const;
export type CommandGroup = (typeof GROUPS)[number];

/** The commands of a group, as a menu divides them. */
export type Sections = readonly (readonly (Command | Submenu)[])[];

/** Commands of which one is chosen, under a name of their own. */
export interface Submenu {
  readonly id: string;
  readonly label: (strings: Strings) => string;
  readonly commands: readonly Command[];
}

/** Whether it can be done now, by whoever is signed in. */
export const isEnabled = ({ needs, enabled }: Command, app: App): boolean =>
  (needs === undefined || may(needs)(useSession.getState())) && (enabled?.(app) ?? true);

/** Every command of a menu, in its order. */
export function commandsOf(sections: Sections): Command[] {
  return sections.flat().flatMap((part) => ("commands" in part ? part.commands : [part]));
}
