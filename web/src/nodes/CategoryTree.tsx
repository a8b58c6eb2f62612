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
    const top = categoriesOf([...known.values()].filter(({ deprecated }) => !deprecated));
    return [...top.categories.map(folder), ...top.classes.map(leaf)];
  }, [known]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const value = (event.target as Element).closest<HTMLElement>("[role=treeitem]")?.dataset.value;
    const nodeClass = value?.startsWith(LEAF) ? known.get(value.slice(LEAF.length)) : undefined;
    if (!nodeClass || (event.key !== "Enter" && event.key !== "b")) return;
    event.preventDefault();
    if (event.key === "b") toggleBookmark(settings, nodeClass.id);
    else onAdd(nodeClass);
  };
  return (
    <Tree
      data={data}
      tree={tree}
      levelOffset={14}
      aria-label={words.categories}
      onKeyDown={onKeyDown}
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

function folder({ path, name, categories, classes: own }: Category): TreeNodeData {
  return { value: `folder:${path}`, label: name, children: [...categories.map(folder), ...own.map(leaf)] };
}

function leaf({ id, title }: NodeClass): TreeNodeData {
  return { value: LEAF + id, label: title };
}
