/** What the palette offers: every command, the user's workflows, the examples, and every node class. */

import { selectedNodes } from "../canvas/actions/board";
import { widgetItems } from "../canvas/menus/widget-items";
import type { Key } from "../document/records";
import type { App } from "../editor/app";
import { titleOfExample } from "../files/examples";
import { openSaved } from "../files/manage";
import { openExample } from "../files/open";
import { folderOf, titleOf } from "../files/paths";
import { STRINGS, type Language, type Strings } from "../i18n/strings";
import type { UserEntry } from "../protocol/schema";
import { addClass } from "../nodes/add-class";
import { isEnabled, type Command } from "./command";
import { middleOf } from "./define";
import type { Findable } from "./search";

export interface Entry extends Findable {
  readonly id: string;
  readonly group: keyof Strings["commands"]["groups"];
  readonly keys: string | null;
  readonly enabled: boolean;
  readonly checked: boolean;
  readonly run: () => void;
}

export function entriesOf(
  app: App,
  commands: readonly Command[],
  files: readonly UserEntry[],
  examples: readonly string[],
  language: Language,
): Entry[] {
  return [
    ...commands.filter(({ offered }) => offered?.() ?? true).map((command) => commandEntry(app, command, language)),
    ...widgetEntries(app, language),
    ...workflowEntries(app, files),
    ...examples.map((name) => exampleEntry(app, name)),
    ...nodeEntries(app),
  ];
}

/** Found by its English name too: that is the one people read about. */
function commandEntry(app: App, command: Command, language: Language): Entry {
  return {
    id: command.id,
    group: command.group,
    label: command.label(STRINGS[language]),
    words: [command.label(STRINGS.en), STRINGS[language].commands.groups[command.group]],
    keys: command.keys?.[0] ?? null,
    enabled: isEnabled(command, app),
    checked: command.checked?.(app) ?? false,
    run: () => void command.run(app),
  };
}

/** Where one node is selected, what can be made of its widgets. */
function widgetEntries(app: App, language: Language): Entry[] {
  const surface = app.surface.getState();
  const selected = surface?.editor.selection.getState() ?? new Set<Key>();
  const [node, ...others] = surface ? selectedNodes(surface.editor) : [];
  if (!surface || !node || others.length > 0 || selected.size > 1) return [];
  const { sockets, primitives } = widgetItems(surface, node.key);
  return [...sockets, ...primitives].map((made) => ({ ...commandEntry(app, made, language), group: "selected" }));
}

function workflowEntries(app: App, files: readonly UserEntry[]): Entry[] {
  const workflows = files.filter(({ kind, path }) => kind === "file" && path.endsWith(".json"));
  return workflows.map(({ path }) => ({
    ...PLAIN,
    id: `workflow:${path}`,
    group: "workflows",
    label: titleOf(path),
    words: [folderOf(path)],
    run: () => void openSaved(app, path),
  }));
}

function exampleEntry(app: App, name: string): Entry {
  return {
    ...PLAIN,
    id: `example:${name}`,
    group: "examples",
    label: titleOfExample(name),
    words: [name],
    run: () => void openExample(app, name),
  };
}

function nodeEntries(app: App): Entry[] {
  return Array.from(app.catalog.getState().classes.values(), ({ id, title, aliases, category }) => ({
    ...PLAIN,
    id: `node:${id}`,
    group: "nodes",
    label: title,
    words: [id, ...aliases, ...category],
    enabled: app.surface.getState() !== null,
    run: () => {
      const surface = app.surface.getState();
      if (surface) addClass(surface, id, middleOf(surface), null);
    },
  }));
}

const PLAIN = { keys: null, enabled: true, checked: false };
