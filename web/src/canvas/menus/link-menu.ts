/** The menu of a link. */

import type { Sections } from "../../commands/command";
import type { Key } from "../../document/records";
import { bendLink, removeLink } from "../actions/links";
import { item, type Scope } from "./item";

export function linkMenu({ surface, app, at }: Scope, link: Key): Sections {
  return [
    [
      item(
        "reroute",
        ({ reroute }) => reroute,
        () => {
          bendLink(surface, link, at);
        },
      ),
      item(
        "insert-node",
        ({ insertNode }) => insertNode,
        () => {
          app.ui.setState({ dialog: { kind: "add-node", at, from: null, into: link } });
        },
      ),
    ],
    [
      item(
        "remove-link",
        ({ removeLink }) => removeLink,
        () => {
          removeLink(surface.editor, link);
        },
        { keys: ["Delete"] },
      ),
    ],
  ];
}
