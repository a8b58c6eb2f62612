/** The menu of everything, at the upper left: the same commands as by keys and in the palette. */

import { ActionIcon, Menu, Text } from "@mantine/core";
import { IconCheck, IconMenu2 } from "@tabler/icons-react";
import { Fragment } from "react";

import type { Command, CommandGroup, Sections, Submenu } from "../commands/command";
import { Keys } from "../commands/Keys";
import { ariaKeys, isMac } from "../commands/keys";
import { useApp } from "../editor/app";
import { useStrings } from "../i18n/language";
import classes from "./MainMenu.module.css";

export function MainMenu({ menu }: { menu: Readonly<Partial<Record<CommandGroup, Sections>>> }) {
  const { shell, commands } = useStrings();
  return (
    <Menu position="bottom-start" shadow="md" width={220} transitionProps={{ duration: 90 }}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={36} aria-label={shell.menu}>
          <IconMenu2 size={20} stroke={1.6} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {(Object.entries(menu) as [CommandGroup, Sections][]).map(([group, sections]) => (
          <Menu.Sub key={group} position="right-start" transitionProps={{ duration: 60 }}>
            <Menu.Sub.Target>
              <Menu.Sub.Item className={classes.item}>{commands.groups[group]}</Menu.Sub.Item>
            </Menu.Sub.Target>
            <Menu.Sub.Dropdown className={classes.commands}>
              {sections.map((section, place) => (
                <Fragment key={section[0]?.id}>
                  {place > 0 && <Menu.Divider />}
                  {section.map((part) =>
                    "commands" in part ? (
                      <SubmenuItem key={part.id} submenu={part} />
                    ) : (
                      <CommandItem key={part.id} command={part} />
                    ),
                  )}
                </Fragment>
              ))}
            </Menu.Sub.Dropdown>
          </Menu.Sub>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
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
      <Menu.Sub.Dropdown className={classes.commands}>
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
  return (
    <Menu.Item
      className={classes.item}
      role={checked === undefined ? "menuitem" : "menuitemcheckbox"}
      aria-checked={checked}
      aria-keyshortcuts={keys === undefined ? undefined : ariaKeys(keys, isMac())}
      disabled={!(command.enabled?.(app) ?? true)}
      leftSection={<IconCheck size={16} stroke={1.8} aria-hidden visibility={checked ? "visible" : "hidden"} />}
      rightSection={keys === undefined ? undefined : <Keys of={keys} />}
      onClick={() => void command.run(app)}
    >
      <Text span size="sm">
        {command.label(strings)}
      </Text>
    </Menu.Item>
  );
}
