/** A text in the place of a frame's title. */

import { editGroups } from "../document/edit-groups";
import type { Key } from "../document/records";
import { useEditor } from "../editor/app";
import { useStrings } from "../i18n/language";
import styles from "./canvas.module.css";
import { TitleEditor } from "./nodes/TitleEditor";
import { DEFAULT_FONT_SIZE, groupTitleHeight } from "./shapes";
import { useSurface } from "./surface";

export function GroupNaming({ group: key }: { readonly group: Key }) {
  const { store } = useEditor().document;
  const surface = useSurface();
  const words = useStrings().canvas;
  const group = store.get(key);
  if (group?.kind !== "group") return null;
  const { x, y, width } = group.bounds;
  const fontSize = group.fontSize ?? DEFAULT_FONT_SIZE;
  return (
    <TitleEditor
      className={styles.naming}
      style={{ marginLeft: x, marginTop: y, width, height: groupTitleHeight(group), fontSize }}
      label={words.group.title}
      title={group.title}
      onDone={(title) => {
        surface.transient.setState({ editing: null });
        surface.element.focus({ preventScroll: true });
        if (title === null || title === group.title) return;
        store.transact(words.done.rename, (transaction) => {
          editGroups(transaction, [key], { title });
        });
      }}
    />
  );
}
