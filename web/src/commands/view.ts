/** How the page shows the workflow. Nothing here changes it. */

import type { Surface } from "../canvas/surface";
import type { Panel } from "../editor/ui";
import type { Settings } from "../editor/settings";
import { hasErrors, showError } from "../run/errors";
import { useSession } from "../state/session";
import type { Command, Sections } from "./command";
import { canvasCommand, command, submenu, type CommandId } from "./define";

/** By how much one step zooms. */
const STEP = 1.25;

export const VIEW: Sections = [
  [
    canvasCommand("view.fit", {
      keys: ["."],
      run: (surface) => {
        const selected = surface.editor.selection.getState();
        surface.fit(selected.size > 0 ? selected : undefined);
      },
    }),
    canvasCommand("view.zoom-in", {
      keys: ["alt+=", "alt+plus"],
      run: (surface) => {
        surface.zoom(scaleOf(surface) * STEP);
      },
    }),
    canvasCommand("view.zoom-out", {
      keys: ["alt+-"],
      run: (surface) => {
        surface.zoom(scaleOf(surface) / STEP);
      },
    }),
    canvasCommand("view.full-size", {
      keys: ["alt+0"],
      run: (surface) => {
        surface.zoom(1);
      },
    }),
    canvasCommand("view.leave", {
      keys: ["alt+ArrowUp"],
      when: ({ editor }) => editor.view.getState().path.length > 0,
      run: ({ editor }) => {
        editor.show(editor.view.getState().path.slice(0, -1));
      },
    }),
  ],
  [errorCommand("view.next-error", 1, "F8"), errorCommand("view.previous-error", -1, "shift+F8")],
  [
    panelCommand("view.nodes", "nodes", "N"),
    panelCommand("view.workflows", "workflows", "W"),
    panelCommand("view.queue", "queue", "Q"),
    panelCommand("view.history", "history", "H"),
  ],
  [
    toggle("view.minimap", "minimap"),
    toggle("view.snap", "snap"),
    toggle("view.previews", "previews"),
    toggle("view.pictures", "pictures"),
  ],
  [
    submenu("theme", [
      choice("view.theme-auto", "theme", "auto"),
      choice("view.theme-light", "theme", "light"),
      choice("view.theme-dark", "theme", "dark"),
    ]),
    submenu("language", [choice("view.english", "language", "en"), choice("view.chinese", "language", "zh")]),
    command("view.settings", {
      keys: ["mod+,"],
      run: ({ ui }) => {
        ui.setState({ dialog: { kind: "settings" } });
      },
    }),
    command("view.access-tokens", {
      offered: managesTokens,
      run: ({ ui }) => {
        ui.setState({ dialog: { kind: "access-tokens" } });
      },
    }),
  ],
];

/** Only admins of a server that asks for tokens have any to look after. */
function managesTokens(): boolean {
  const { who } = useSession.getState();
  return who?.tokens_required === true && who.scope === "admin";
}

const scaleOf = ({ editor }: Surface): number => editor.view.getState().viewport.scale;

function panelCommand(id: CommandId, panel: Panel, key: string): Command {
  return command(id, {
    keys: [key],
    checked: ({ ui }) => ui.getState().panel === panel,
    run: ({ ui }) => {
      ui.setState((now) => ({ panel: now.panel === panel ? null : panel }));
    },
  });
}

function errorCommand(id: CommandId, step: 1 | -1, key: string): Command {
  return command(id, {
    keys: [key],
    inText: true,
    enabled: hasErrors,
    run: (app) => {
      showError(app, step);
    },
  });
}

type Toggle = { [Name in keyof Settings]: Settings[Name] extends boolean ? Name : never }[keyof Settings];

function toggle(id: CommandId, name: Toggle): Command {
  return command(id, {
    checked: ({ settings }) => settings.getState()[name],
    run: ({ settings }) => {
      settings.setState((now) => ({ [name]: !now[name] }));
    },
  });
}

function choice<Name extends keyof Settings>(id: CommandId, name: Name, value: Settings[Name]): Command {
  return command(id, {
    checked: ({ settings }) => settings.getState()[name] === value,
    run: ({ settings }) => {
      settings.setState({ [name]: value });
    },
  });
}
