/** What the palette offers: every command, the examples, and every node class. */

import { openExample } from "../files/open";
import { titleOfExample } from "../files/examples";
import type { App } from "../editor/app";
import { STRINGS, type Language, type Strings } from "../i18n/strings";
import { useServer } from "../state/server";
import type { Command } from "./command";
import type { Findable } from "./search";

export interface Entry extends Findable {
  readonly id: string;
  readonly group: keyof Strings["commands"]["groups"];
  readonly keys: string | null;
  readonly enabled: boolean;
  readonly checked: boolean;
  readonly run: () => void;
}

export function entriesOf(app: App, commands: readonly Command[], language: Language): Entry[] {
  return [...commands.map((command) => commandEntry(app, command, language)), ...exampleEntries(app)];
}

/** Found by its English name too: that is the one people read about. */
function commandEntry(app: App, command: Command, language: Language): Entry {
  return {
    id: command.id,
    group: command.group,
    label: command.label(STRINGS[language]),
    words: [command.label(STRINGS.en), STRINGS[language].commands.groups[command.group]],
    keys: command.keys?.[0] ?? null,
    enabled: command.enabled?.(app) ?? true,
    checked: command.checked?.(app) ?? false,
    run: () => void command.run(app),
  };
}

function exampleEntries(app: App): Entry[] {
  return useServer.getState().examples.map((name) => ({
    ...PLAIN,
    id: `example:${name}`,
    group: "examples",
    label: titleOfExample(name),
    words: [name],
    run: () => void openExample(app, name),
  }));
}

const PLAIN = { keys: null, enabled: true, checked: false };
