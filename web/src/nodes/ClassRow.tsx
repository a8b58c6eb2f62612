/** One class in a list of them: added by a click or by dragging it onto the canvas, and marked with a star. */

import { ActionIcon, HoverCard } from "@mantine/core";
import { IconStar, IconStarFilled } from "@tabler/icons-react";
import type { HTMLAttributes, ReactNode } from "react";

import type { NodeClass } from "../classes/types";
import { useApp, useSettings } from "../editor/app";
import { useStrings } from "../i18n/language";
import { toggleBookmark } from "./bookmarks";
import { ClassPreview } from "./ClassPreview";
import { startDragging } from "./drag-class";
import classes from "./ClassRow.module.css";

export interface ClassRowProps {
  readonly nodeClass: NodeClass;
  /** What is clicked and dragged. */
  readonly children: (props: HTMLAttributes<HTMLElement>) => ReactNode;
  /** The star is reached by Tab; elsewhere by a key of the list. */
  readonly tabStop?: boolean;
}

export function ClassRow({ nodeClass, children, tabStop = true }: ClassRowProps) {
  const { settings } = useApp();
  const { nodes: words } = useStrings().commands;
  const marked = useSettings(({ bookmarks }) => bookmarks.includes(nodeClass.id));
  const label = marked ? words.unmark(nodeClass.title) : words.mark(nodeClass.title);
  const Star = marked ? IconStarFilled : IconStar;
  return (
    <div className={classes.row}>
      <HoverCard
        role="tooltip"
        position="right-start"
        openDelay={400}
        closeDelay={0}
        shadow="md"
        offset={14}
        width={280}
      >
        <HoverCard.Target>
          {children({
            draggable: true,
            onDragStart: (event) => {
              startDragging(event, nodeClass.id);
            },
          })}
        </HoverCard.Target>
        <HoverCard.Dropdown className={classes.preview}>
          <ClassPreview nodeClass={nodeClass} />
        </HoverCard.Dropdown>
      </HoverCard>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={36}
        className={classes.star}
        tabIndex={tabStop ? 0 : -1}
        aria-label={label}
        aria-pressed={marked}
        data-marked={marked}
        onClick={(event) => {
          event.stopPropagation();
          toggleBookmark(settings, nodeClass.id);
        }}
      >
        <Star size={15} stroke={1.6} aria-hidden />
      </ActionIcon>
    </div>
  );
}
