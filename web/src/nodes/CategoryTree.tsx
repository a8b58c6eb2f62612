/** All classes in the folders they belong to. */

import { Tree, useTree, type TreeNodeData } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import { useMemo, type KeyboardEvent } from "react";

import type { NodeClass } from "../classes/types";
import { useApp } from "../editor/app";
import { useStrings } from "../i18n/language";
import { toggleBookmark } from "./bookmarks";
import { categoriesOf, type Category } from "./category-tree";
import { ClassRow } from "./ClassRow";
import classes from "./CategoryTree.module.css";

export interface CategoryTreeProps {
  readonly known: ReadonlyMap<string, NodeClass>;
  readonly onAdd: (nodeClass: NodeClass) => void;
}

export function CategoryTree({ known, onAdd }: CategoryTreeProps) {
  const { settings } = useApp();
  const { nodes: words } = useStrings().commands;
  const tree = useTree();
  const data = useMemo(() => {
    const keysOf = (nodeClass: NodeClass) => (event: KeyboardEvent) => {
      if (event.key !== "Enter" && event.key !== "b") return;
      event.preventDefault();
      event.stopPropagation();
      if (event.key === "b") toggleBookmark(settings, nodeClass.id);
      else onAdd(nodeClass);
    };
    const top = categoriesOf([...known.values()].filter(({ deprecated }) => !deprecated));
    return [
      ...top.categories.map((category) => folder(category, keysOf)),
      ...top.classes.map((one) => leaf(one, keysOf)),
    ];
  }, [known, settings, onAdd]);
  return (
    <Tree
      data={data}
      tree={tree}
      levelOffset={14}
      aria-label={words.categories}
      classNames={{ label: classes.label }}
      renderNode={({ node, expanded, hasChildren, elementProps }) => {
        const nodeClass = hasChildren ? undefined : known.get(node.value.slice(LEAF.length));
        return (
          <div {...elementProps} data-folder={hasChildren}>
            {nodeClass ? (
              <ClassRow nodeClass={nodeClass} tabStop={false}>
                {(props) => (
                  <span
                    {...props}
                    className={classes.leaf}
                    onClick={() => {
                      onAdd(nodeClass);
                    }}
                  >
                    {node.label}
                  </span>
                )}
              </ClassRow>
            ) : (
              <>
                <IconChevronRight size={15} stroke={1.8} className={classes.chevron} data-open={expanded} aria-hidden />
                <span className={classes.folder}>{node.label}</span>
              </>
            )}
          </div>
        );
      }}
    />
  );
}

/** Before the id of a class, that no folder is called like one. */
const LEAF = "class:";

type KeysOf = (nodeClass: NodeClass) => (event: KeyboardEvent) => void;

function folder({ path, name, categories, classes: own }: Category, keysOf: KeysOf): TreeNodeData {
  return {
    value: `folder:${path}`,
    label: name,
    children: [...categories.map((inner) => folder(inner, keysOf)), ...own.map((one) => leaf(one, keysOf))],
  };
}

function leaf(nodeClass: NodeClass, keysOf: KeysOf): TreeNodeData {
  return { value: LEAF + nodeClass.id, label: nodeClass.title, nodeProps: { onKeyDownCapture: keysOf(nodeClass) } };
}
