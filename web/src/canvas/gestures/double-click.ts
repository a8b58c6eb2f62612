/** What a double click does: it opens what it hits, and where nothing is, the palette of nodes. */

import type { Key, Point } from "../../document/records";
import { definitionOf } from "../../classes/face";
import { bendLink } from "../actions/links";
import { startNaming } from "../actions/name";
import type { Hit } from "../hit";
import type { Surface } from "../surface";
import type { Ground } from "./gesture";

export function doubleClick({ surface, ui }: Ground, hit: Hit, at: Point): void {
  switch (hit.kind) {
    case "nothing":
    case "border":
      ui.setState({ dialog: { kind: "add-node", at, from: null } });
      break;
    case "title":
      startNaming(surface, hit.node);
      break;
    case "group-title":
      startNaming(surface, hit.group);
      break;
    case "body":
      open(surface, hit.node);
      break;
    case "link":
      bendLink(surface, hit.link, hit.at);
      break;
    case "socket":
    case "widget":
    case "collapse":
    case "resize":
    case "reroute":
    case "group-resize":
      break;
  }
}

/** The inside of a subgraph. */
function open({ editor }: Surface, key: Key): void {
  const { store } = editor.document;
  const node = store.need(key, "node");
  const definition = definitionOf(store, node);
  if (definition) editor.enter(node.id, definition.key);
}
