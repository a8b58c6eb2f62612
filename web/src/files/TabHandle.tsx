/** One workflow in the bar of tabs. */

import { CloseButton, Menu } from "@mantine/core";
import { Draggable } from "@hello-pangea/dnd";
import { useEffect, useRef, useState } from "react";

import { useApp } from "../editor/app";
import { showTab, type Tab } from "../editor/workspace";
import { useStrings } from "../i18n/language";
import { closeTabs } from "./close";
import { renameTab } from "./manage";
import { NameField } from "./NameField";
import { TabMenu } from "./TabMenu";
import classes from "./TabBar.module.css";

const MIDDLE_BUTTON = 1;

export interface TabHandleProps {
  readonly tab: Tab;
  readonly index: number;
  readonly active: boolean;
}

export function TabHandle({ tab, index, active }: TabHandleProps) {
  const app = useApp();
  const { files } = useStrings();
  const [renaming, setRenaming] = useState(false);
  const element = useRef<HTMLLIElement>(null);
  const { id, title, changed } = tab;

  useEffect(() => {
    if (active) element.current?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [active, title]);

  return (
    <Draggable draggableId={id} index={index} isDragDisabled={renaming} disableInteractiveElementBlocking>
      {({ innerRef, draggableProps, dragHandleProps }, { isDragging }) => (
        <Menu position="bottom-start">
          <Menu.ContextMenu disabled={renaming}>
            <li
              ref={(node) => {
                innerRef(node);
                element.current = node;
              }}
              {...draggableProps}
              className={classes.tab}
              data-active={active || undefined}
              data-dragging={isDragging || undefined}
              onMouseDown={(event) => {
                if (event.button === MIDDLE_BUTTON) event.preventDefault(); // else the browser begins to scroll
              }}
              onAuxClick={(event) => {
                if (event.button === MIDDLE_BUTTON) closeTabs(app, [id]);
              }}
            >
              {renaming ? (
                <NameField
                  label={files.tabs.newName}
                  value={title}
                  onDone={(name) => {
                    setRenaming(false);
                    if (name !== null) void renameTab(app, id, name);
                  }}
                />
              ) : (
                <button
                  type="button"
                  {...dragHandleProps}
                  role={undefined}
                  aria-describedby={undefined}
                  className={classes.title}
                  aria-current={active ? "page" : undefined}
                  title={tab.file?.path ?? title}
                  onClick={() => {
                    showTab(app.workspace, id);
                  }}
                  onDoubleClick={() => {
                    setRenaming(true);
                  }}
                  onKeyDown={(event) => {
                    if (event.key === "F2") setRenaming(true);
                  }}
                >
                  <span className={classes.name}>{title}</span>
                  {changed && <span className={classes.dot} role="img" aria-label={files.tabs.changed} />}
                </button>
              )}
              <CloseButton
                className={classes.close}
                size={26}
                iconSize={15}
                aria-label={files.tabs.close(title)}
                onClick={() => {
                  closeTabs(app, [id]);
                }}
              />
            </li>
          </Menu.ContextMenu>
          <TabMenu
            tab={tab}
            onRename={() => {
              setRenaming(true);
            }}
          />
        </Menu>
      )}
    </Draggable>
  );
}
