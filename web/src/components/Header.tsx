import { ActionIcon, Group, Text, Title, Tooltip, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { IconMoon, IconSun } from "@tabler/icons-react";

import { en } from "../i18n/en";
import { ServerStatus } from "./ServerStatus";
import classes from "./Header.module.css";

export function Header() {
  return (
    <Group component="header" className={classes.header} justify="space-between" wrap="nowrap">
      <Group gap="sm" wrap="nowrap">
        <img src="/icon.svg" alt="" width={26} height={26} />
        <Title order={1} size="h4">
          {en.productName}
        </Title>
        <Text size="sm" c="dimmed" visibleFrom="lg">
          {en.productLine}
        </Text>
      </Group>
      <Group gap="lg" wrap="nowrap">
        <ServerStatus />
        <ColorSchemeSwitch />
      </Group>
    </Group>
  );
}

function ColorSchemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme("light") === "dark";
  const label = dark ? en.colorScheme.toLight : en.colorScheme.toDark;
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={label}
        onClick={() => {
          setColorScheme(dark ? "light" : "dark");
        }}
      >
        {dark ? <IconSun size={19} stroke={1.6} /> : <IconMoon size={19} stroke={1.6} />}
      </ActionIcon>
    </Tooltip>
  );
}
