/** Which subgraphs were entered, from the workflow inwards, and the way back out. */

import { Anchor, Breadcrumbs, Text } from "@mantine/core";
import { useStore } from "zustand";

import { nodeKey, ROOT } from "../../document/records";
import { useEditor } from "../../editor/app";
import { useStrings } from "../../i18n/language";
import styles from "./controls.module.css";

export function PathBar() {
  const editor = useEditor();
  const words = useStrings().canvas.path;
  const path = useStore(editor.view, (view) => view.path);
  if (path.length === 0) return null;

  /** What the person calls the instance, else what its definition is called. */
  const nameAt = (index: number): string => {
    const entered = path[index];
    if (!entered) return "";
    const { store } = editor.document;
    const node = store.get(nodeKey(path[index - 1]?.graph ?? ROOT, entered.node));
    const definition = store.get(entered.graph);
    const title = node?.kind === "node" ? node.title : null;
    return title ?? (definition?.kind === "graph" ? definition.name : null) ?? String(entered.node);
  };
  const names = [words.root, ...path.map((_, index) => nameAt(index))];
  return (
    <nav className={styles.path} aria-label={words.label} data-own="">
      <Breadcrumbs separator="›" separatorMargin={6}>
        {names.map((name, depth) =>
          depth === path.length ? (
            <Text key={depth} size="sm" fw={600} aria-current="location">
              {name}
            </Text>
          ) : (
            <Anchor
              key={depth}
              component="button"
              type="button"
              size="sm"
              onClick={() => {
                editor.show(path.slice(0, depth));
              }}
            >
              {name}
            </Anchor>
          ),
        )}
      </Breadcrumbs>
    </nav>
  );
}
