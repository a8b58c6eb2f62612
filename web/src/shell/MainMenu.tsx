/** The menu of everything, at the upper left: the same commands as by keys and in the palette. */

import { ActionIcon, Menu } from "@mantine/core";
import { IconMenu2 } from "@tabler/icons-react";

import type { CommandGroup, Sections } from "../commands/command";
import { menuItem, MenuSections, menuOfCommands } from "../commands/MenuSections";
import { useStrings } from "../i18n/language";

export function MainMenu({ menu }: { menu: Readonly<Partial<Record<CommandGroup, Sections>>> }) {
  const { shell, commands } = useStrings();
  return (
    <Menu withinPortal={false} position="bottom-start" shadow="md" width={220} transitionProps={{ duration: 90 }}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={36} aria-label={shell.menu}>
          <IconMenu2 size={20} stroke={1.6} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {(Object.entries(menu) as [CommandGroup, Sections][]).map(([group, sections]) => (
          <Menu.Sub key={group} position="right-start" transitionProps={{ duration: 60 }}>
            <Menu.Sub.Target>
              <Menu.Sub.Item className={menuItem}>{commands.groups[group]}</Menu.Sub.Item>
            </Menu.Sub.Target>
            <Menu.Sub.Dropdown className={menuOfCommands}>
              <MenuSections sections={sections} />
            </Menu.Sub.Dropdown>
          </Menu.Sub>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
