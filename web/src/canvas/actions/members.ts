/** What lies in groups. A node or a reroute is in one with its middle, a group with all of itself. */

import { centre, holds, contains } from "../bounds";
import type { Key } from "../../document/records";
import type { Board } from "./board";

export function membersOf({ editor, scene }: Board, group: Key): Key[] {
  const store = editor.document.store;
  const { bounds } = store.need(group, "group");
  return scene.within(bounds).filter((key) => {
    const box = scene.boundsOf(key);
    if (!box || key === group) return false;
    return store.get(key)?.kind === "group" ? holds(bounds, box) : contains(bounds, centre(box));
  });
}
