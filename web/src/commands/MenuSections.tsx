/** Commands as the items of a menu, divided into sections; some of them in a menu of their own. */

import { Menu } from "@mantine/core";
import { Fragment } from "react";

import { useMayNot } from "../access/may-not";
import { useApp } from "../editor/app";
import { useStrings } from "../i18n/language";
import { isEnabled, type Command, type Sections, type Submenu } from "./command";
import { Keys } from "./Keys";
import { ariaKeys, isMac } from "./keys";
import classes from "./MenuSections.module.css";

export const menuItem = classes.item;
export const menuOfCommands = classes.commands;

export function MenuSections({ sections }: { sections: Sections }) {
  return sections.map((section, place) => (
    <Fragment key={section[0]?.id}>
      {place > 0 && <Menu.Divider />}
      {section.map((part) =>
        "commands" in part ? (
          <SubmenuItem key={part.id} submenu={part} />
        ) : (
          (part.offered?.() ?? true) && <CommandItem key={part.id} command={part} />
        ),
      )}
    </Fragment>
  ));
}

function SubmenuItem({ submenu }: { submenu: Submenu }) {
  const strings = useStrings();
  return (
    <Menu.Sub position="right-start" transitionProps={{ duration: 60 }}>
      <Menu.Sub.Target>
        <Menu.Sub.Item className={classes.item} leftSection={<span className={classes.icon} />}>
          {submenu.label(strings)}
        </Menu.Sub.Item>
      </Menu.Sub.Target>
      <Menu.Sub.Dropdown className={classes.leaf}>
        {submenu.commands.map((command) => (
          <CommandItem key={command.id} command={command} />
        ))}
      </Menu.Sub.Dropdown>
    </Menu.Sub>
  );
}

function CommandItem({ command }: { command: Command }) {
  const app = useApp();
  const strings = useStrings();
  const keys = command.keys?.[0];
  const checked = command.checked?.(app);
  const shared = {
    className: classes.item,
    "aria-keyshortcuts": keys === undefined ? undefined : ariaKeys(keys, isMac()),
    disabled: !isEnabled(command, app),
    title: useMayNot(command.needs ?? "read") ?? undefined,
    rightSection: keys === undefined ? undefined : <Keys of={keys} />,
    onClick: () => void command.run(app),
  };
  return checked === undefined ? (
    <Menu.Item {...shared} leftSection={<span className={classes.icon} />}>
      {command.label(strings)}
    </Menu.Item>
  ) : (
    <Menu.CheckboxItem {...shared} checked={checked} closeMenuOnClick>
      {command.label(strings)}
    </Menu.CheckboxItem>
  );
}
