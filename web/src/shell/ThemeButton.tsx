/** Light or dark, by one click. That the system decides is set in the settings. */

import { ActionIcon, Tooltip, useComputedColorScheme } from "@mantine/core";
import { IconMoon, IconSun } from "@tabler/icons-react";

import { useApp } from "../editor/app";
import { useStrings } from "../i18n/language";

export function ThemeButton() {
  const { shell } = useStrings();
  const { settings } = useApp();
  const dark = useComputedColorScheme("light") === "dark";
  const label = dark ? shell.theme.toLight : shell.theme.toDark;
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={36}
        aria-label={label}
        onClick={() => {
          settings.setState({ theme: dark ? "light" : "dark" });
        }}
      >
        {dark ? <IconSun size={19} stroke={1.6} aria-hidden /> : <IconMoon size={19} stroke={1.6} aria-hidden />}
      </ActionIcon>
    </Tooltip>
  );
}
