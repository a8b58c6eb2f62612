/** The workflows that are open, in the header: shown, renamed, put in another order and closed from here. */

import { ActionIcon, Menu, Tooltip, useMantineStyleNonce } from "@mantine/core";
import { IconChevronDown, IconPlus } from "@tabler/icons-react";
import { DragDropContext, Droppable, useMouseSensor, useTouchSensor } from "@hello-pangea/dnd";
import { useStore } from "zustand";

import { useApp } from "../editor/app";
import { showTab } from "../editor/workspace";
import { useStrings } from "../i18n/language";
import { placeTab } from "./close";
import { newTab } from "./tabs";
import { TabHandle } from "./TabHandle";
import classes from "./TabBar.module.css";

/** The keys that lift a thing to move it would take those of a tab, which has others: see its menu. */
const SENSORS = [useMouseSensor, useTouchSensor];

export function TabBar() {
  const app = useApp();
  const { files } = useStrings();
  const nonce = useMantineStyleNonce();
  const { tabs, active } = useStore(app.workspace);
  return (
    <nav className={classes.bar} aria-label={files.tabs.heading}>
      <DragDropContext
        nonce={nonce?.()}
        enableDefaultSensors={false}
        sensors={SENSORS}
        onDragEnd={({ draggableId, destination }) => {
          if (destination) placeTab(app, draggableId, destination.index);
        }}
      >
        <Droppable droppableId="tabs" direction="horizontal">
          {({ innerRef, droppableProps, placeholder }) => (
            <ul ref={innerRef} {...droppableProps} className={classes.tabs}>
              {tabs.map((tab, index) => (
                <TabHandle key={tab.id} tab={tab} index={index} active={tab.id === active} />
              ))}
              {placeholder}
            </ul>
          )}
        </Droppable>
      </DragDropContext>
      <Tooltip label={files.tabs.add}>
        <ActionIcon
          className={classes.button}
          variant="subtle"
          color="gray"
          size={36}
          aria-label={files.tabs.add}
          onClick={() => newTab(app)}
        >
          <IconPlus size={18} stroke={1.7} aria-hidden />
        </ActionIcon>
      </Tooltip>
      {tabs.length > 1 && (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon
              className={classes.button}
              variant="subtle"
              color="gray"
              size={36}
              aria-label={files.tabs.all(tabs.length)}
            >
              <IconChevronDown size={18} stroke={1.7} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown className={classes.all}>
            {tabs.map(({ id, title, changed }) => (
              <Menu.Item
                key={id}
                fw={id === active ? 650 : undefined}
                aria-current={id === active ? "page" : undefined}
                rightSection={changed ? <span className={classes.dot} /> : undefined}
                onClick={() => {
                  showTab(app.workspace, id);
                }}
              >
                {title}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </nav>
  );
}
