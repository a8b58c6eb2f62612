/** The user's workflows in their folders. Files and folders are dragged into others; Enter opens, F2 renames. */

import { Tree, useTree, type TreeNodeData } from "@mantine/core";
import { useMemo, useState } from "react";

import { useApp } from "../editor/app";
import { useStrings } from "../i18n/language";
import type { UserEntry } from "../protocol/schema";
import { move, openSaved, remove } from "./manage";
import { folderOf, isWithin, nameOf, pathOf } from "./paths";
import { treeOf, type Branch } from "./tree";
import { WorkflowRow } from "./WorkflowRow";
import classes from "./WorkflowsPanel.module.css";

export interface WorkflowTreeProps {
  readonly listing: readonly UserEntry[];
}

export function WorkflowTree({ listing }: WorkflowTreeProps) {
  const app = useApp();
  const { files: words } = useStrings();
  const tree = useTree();
  const [renaming, setRenaming] = useState<string | null>(null);
  const data = useMemo(() => treeOf(listing).map(nodeOf), [listing]);
  const entries = useMemo(() => new Map(listing.map((entry) => [entry.path, entry])), [listing]);

  /** The folder that something let go there comes to lie in. */
  const landing = (target: string): string => (entries.get(target)?.kind === "folder" ? target : folderOf(target));

  return (
    <Tree
      aria-label={words.panel.heading}
      className={classes.tree}
      data={data}
      tree={tree}
      levelOffset={16}
      allowDrop={({ draggedNode, targetNode }) => {
        const folder = landing(targetNode);
        return folder !== folderOf(draggedNode) && !isWithin(folder, draggedNode);
      }}
      onDragDrop={({ draggedNode, targetNode }) => {
        void move(app, draggedNode, pathOf(landing(targetNode), nameOf(draggedNode)));
      }}
      onKeyDown={(event) => {
        const path = (event.target as HTMLElement).closest<HTMLElement>("[role=treeitem]")?.dataset.value;
        const entry = path === undefined ? undefined : entries.get(path);
        if (entry === undefined || event.target !== (event.target as HTMLElement).closest("[role=treeitem]")) return;
        if (event.key === "Enter" && entry.kind === "file") void openSaved(app, entry.path);
        else if (event.key === "Enter") tree.toggleExpanded(entry.path);
        else if (event.key === "F2") setRenaming(entry.path);
        else if (event.key === "Delete") void remove(app, entry.path);
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
      renderNode={({ node, expanded, elementProps }) => {
        const entry = entries.get(node.value);
        if (entry === undefined) return null;
        const { onClick, ...props } = elementProps;
        return (
          <WorkflowRow
            entry={entry}
            expanded={expanded}
            renaming={renaming === entry.path}
            onRenaming={(now) => {
              setRenaming(now ? entry.path : null);
            }}
            onOpen={() => void openSaved(app, entry.path)}
            rowProps={{
              ...props,
              onClick: (event) => {
                onClick(event);
                if (entry.kind === "file" && renaming === null) void openSaved(app, entry.path);
              },
            }}
          />
        );
      }}
    />
  );
}

function nodeOf({ entry, inside }: Branch): TreeNodeData {
  const label = nameOf(entry.path);
  if (inside === null) return { value: entry.path, label };
  return { value: entry.path, label, hasChildren: true, children: inside.map(nodeOf) };
}
