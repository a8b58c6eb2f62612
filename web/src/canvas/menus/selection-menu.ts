/** The menu of what is selected: one node, several, a group, reroutes. */

import type { Command, Sections, Submenu } from "../../commands/command";
import { definitionOf, faceOf } from "../../classes/face";
import type { GroupRecord, NodeRecord } from "../../document/records";
import { runId } from "../../editor/editor";
import { queue } from "../../run/queue";
import { selectedGroups, selectedNodes } from "../actions/board";
import { fitGroup, setFontSize } from "../actions/frames";
import { startNaming } from "../actions/name";
import { removeSelectedKeepingLinks } from "../actions/remove";
import { resizeSelected } from "../actions/resize";
import { selectMembers } from "../actions/select";
import { giveSocket, makePrimitive, takeSocket } from "../actions/widgets";
import { DEFAULT_FONT_SIZE } from "../shapes";
import { command, item, menuOf, type Scope } from "./item";

export function selectionMenu(scope: Scope): Sections {
  const { editor } = scope.surface;
  const nodes = selectedNodes(editor);
  const groups = selectedGroups(editor);
  const [node] = nodes;
  const [group] = groups;
  const several = nodes.length + groups.length > 1;
  const sections: Sections = [
    node && !several ? aboutNode(scope, node) : [],
    node && !several ? widgetMenus(scope, node) : [],
    group && !several ? aboutGroup(scope, group) : [],
    nodes.length > 0 ? [command("graph.collapse"), command("graph.mute"), command("graph.bypass")] : [],
    nodes.length + groups.length > 0 ? [command("graph.pin"), menuOf("colour")] : [],
    nodes.length > 0 ? [resize(scope), command("graph.frame")] : [],
    several ? [menuOf("align"), command("graph.arrange")] : [],
    nodes.length + groups.length > 0 ? [command("edit.cut"), command("edit.copy"), command("edit.duplicate")] : [],
    [command("edit.delete"), ...(nodes.length > 0 ? [removeKeeping(scope)] : [])],
  ];
  return sections.filter((section) => section.length > 0);
}

function aboutNode({ surface, app, overlay }: Scope, node: NodeRecord): Command[] {
  const { editor } = surface;
  const { key, id } = node;
  const definition = definitionOf(editor.document.store, node);
  const name = runId(editor.view.getState().path, id);
  const pictures = overlay.getState().get(name)?.pictures ?? [];
  const items = [
    item(
      "run-to",
      ({ runTo }) => runTo,
      async () => {
        await queue(app, { targets: [name] });
      },
    ),
    item(
      "rename",
      ({ rename }) => rename,
      () => {
        startNaming(surface, key);
      },
      { keys: ["F2"] },
    ),
    item(
      "about",
      ({ about }) => about,
      () => {
        app.ui.setState({ dialog: { kind: "about-node", node: key } });
      },
    ),
  ];
  if (pictures.length > 0) {
    items.push(
      item(
        "picture",
        ({ picture }) => picture,
        () => {
          app.ui.setState({ dialog: { kind: "viewer", pictures, index: 0 } });
        },
      ),
    );
  }
  if (definition) {
    items.unshift(
      item(
        "enter",
        ({ enter }) => enter,
        () => {
          editor.enter(id, definition.key);
        },
      ),
    );
  }
  return items;
}

/** Only what the server knows the class of can be told what its widgets take. */
function widgetMenus({ surface }: Scope, { key }: NodeRecord): Submenu[] {
  const { document, catalog } = surface.editor;
  const { widgets, inputs, kind } = faceOf(document.store, key, catalog.getState());
  if (kind !== "plain" && kind !== "subgraph") return [];
  const linkable = widgets
    .map((widget, index) => ({ ...widget, at: index }))
    .filter(({ at }) => inputs.some((socket) => socket.widget === at));
  if (linkable.length === 0) return [];
  const sockets = linkable.map(({ label, slot, at }) =>
    slot === null
      ? item(
          `to-socket-${at}`,
          ({ toSocket }) => toSocket(label),
          () => {
            giveSocket(surface, key, at);
          },
        )
      : item(
          `to-widget-${at}`,
          ({ toWidget }) => toWidget(label),
          () => {
            takeSocket(surface, key, at);
          },
        ),
  );
  const primitives = linkable.map(({ label, at }) =>
    item(
      `primitive-${at}`,
      ({ primitive }) => primitive(label),
      () => {
        makePrimitive(surface, key, at);
      },
    ),
  );
  return [
    { id: "menu.sockets", label: ({ gestures }) => gestures.menu.widgets, commands: sockets },
    { id: "menu.primitives", label: ({ gestures }) => gestures.menu.primitives, commands: primitives },
  ];
}

function aboutGroup({ surface }: Scope, group: GroupRecord): (Command | Submenu)[] {
  const { key } = group;
  const size = group.fontSize ?? DEFAULT_FONT_SIZE;
  return [
    item(
      "rename",
      ({ rename }) => rename,
      () => {
        startNaming(surface, key);
      },
      { keys: ["F2"] },
    ),
    item(
      "members",
      ({ members }) => members,
      () => {
        selectMembers(surface, key);
      },
    ),
    item(
      "fit-group",
      ({ fitGroup }) => fitGroup,
      () => {
        fitGroup(surface, key);
      },
    ),
    {
      id: "menu.font-size",
      label: ({ gestures }) => gestures.menu.fontSize,
      commands: FONT_SIZES.map((fontSize) =>
        item(
          `font-size-${fontSize}`,
          () => String(fontSize),
          () => {
            setFontSize(surface, key, fontSize);
          },
          { checked: () => fontSize === size },
        ),
      ),
    },
  ];
}

const FONT_SIZES = [16, 20, 24, 32, 40, 56];

function resize({ surface }: Scope): Command {
  return item(
    "resize",
    ({ resize }) => resize,
    () => {
      resizeSelected(surface.editor);
    },
  );
}

function removeKeeping({ surface }: Scope): Command {
  return item(
    "remove-keeping",
    ({ removeKeeping }) => removeKeeping,
    () => {
      removeSelectedKeepingLinks(surface.editor);
    },
  );
}
