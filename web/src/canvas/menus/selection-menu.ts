/** The menu of what is selected: one node, several, a group, reroutes. */

import type { Command, Sections, Submenu } from "../../commands/command";
import { definitionOf } from "../../classes/face";
import type { GroupRecord, NodeRecord } from "../../document/records";
import { runId } from "../../editor/editor";
import { queue } from "../../run/queue";
import { selectedGroups, selectedNodes } from "../actions/board";
import { fitGroup, setFontSize } from "../actions/frames";
import { startNaming } from "../actions/name";
import { selectMembers } from "../actions/select";
import { DEFAULT_FONT_SIZE } from "../shapes";
import { command, item, menuOf, type Scope } from "./item";
import { widgetItems } from "./widget-items";

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
    nodes.length > 0 ? [command("graph.resize"), command("graph.frame")] : [],
    several ? [menuOf("align"), command("graph.arrange")] : [],
    nodes.length + groups.length > 0 ? [command("edit.cut"), command("edit.copy"), command("edit.duplicate")] : [],
    [command("edit.delete"), ...(nodes.length > 0 ? [command("edit.delete-joining")] : [])],
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

function widgetMenus({ surface }: Scope, { key }: NodeRecord): Submenu[] {
  const { sockets, primitives } = widgetItems(surface, key);
  if (sockets.length === 0) return [];
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
