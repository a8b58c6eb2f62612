/** The colours that nodes and groups are given. The values are the ones that the field's files have. */

import { editGroups } from "../../document/edit-groups";
import { editNodes } from "../../document/edit-nodes";
import type { Editor } from "../../editor/editor";
import { strings } from "../../i18n/language";
import { selectedGroups, selectedNodes } from "./board";

export interface Colour {
  readonly name: ColourName;
  /** Of a node's title bar and of its body. */
  readonly title: string;
  readonly body: string;
  readonly group: string;
}

export type ColourName = "red" | "brown" | "green" | "blue" | "paleBlue" | "cyan" | "purple" | "yellow" | "black";

export const COLOURS: readonly Colour[] = [
  { name: "red", title: "#322", body: "#533", group: "#A88" },
  { name: "brown", title: "#332922", body: "#593930", group: "#b06634" },
  { name: "green", title: "#232", body: "#353", group: "#8A8" },
  { name: "blue", title: "#223", body: "#335", group: "#88A" },
  { name: "paleBlue", title: "#2a363b", body: "#3f5159", group: "#3f789e" },
  { name: "cyan", title: "#233", body: "#355", group: "#8AA" },
  { name: "purple", title: "#323", body: "#535", group: "#a1309b" },
  { name: "yellow", title: "#432", body: "#653", group: "#b58b2a" },
  { name: "black", title: "#222", body: "#000", group: "#444" },
];

/** Colour what is selected; null takes the colour away. */
export function colourSelected(editor: Editor, colour: Colour | null): void {
  const nodes = selectedNodes(editor).map(({ key }) => key);
  const groups = selectedGroups(editor).map(({ key }) => key);
  if (nodes.length + groups.length === 0) return;
  editor.document.store.transact(strings().gestures.done.colour, (transaction) => {
    editNodes(transaction, nodes, { color: colour?.title ?? null, background: colour?.body ?? null });
    editGroups(transaction, groups, { color: colour?.group ?? null });
  });
}
