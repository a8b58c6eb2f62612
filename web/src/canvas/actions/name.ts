/** Giving nodes and groups a title. */

import { editGroups } from "../../document/edit-groups";
import { editNodes } from "../../document/edit-nodes";
import type { Key } from "../../document/records";
import type { Editor } from "../../editor/editor";
import { strings } from "../../i18n/language";
import type { Surface } from "../surface";

/** The title is typed where it stands. */
export function startNaming({ transient }: Pick<Surface, "transient">, key: Key): void {
  transient.setState({ editing: key });
}

/** An empty title gives a node that of its class again. */
export function setName({ document: { store } }: Editor, key: Key, title: string): void {
  const kept = title.trim();
  store.transact(strings().gestures.done.rename, (transaction) => {
    if (store.get(key)?.kind === "group") editGroups(transaction, [key], { title: kept });
    else editNodes(transaction, [key], { title: kept === "" ? null : kept });
  });
}
