/** In which language the page speaks, at hand for who cannot read the present one. */

import { ActionIcon, Menu, Tooltip } from "@mantine/core";
import { IconLanguage } from "@tabler/icons-react";

import { useApp } from "../editor/app";
import { useLanguage, useStrings } from "../i18n/language";
import { LANGUAGES, TAGS, type Language } from "../i18n/strings";

export function LanguageMenu() {
  const { shell } = useStrings();
  const { settings } = useApp();
  const language = useLanguage((state) => state.language);
  return (
    <Menu withinPortal={false} position="bottom-end" withArrow shadow="md">
      <Menu.Target>
        <Tooltip label={shell.language.label}>
          <ActionIcon variant="subtle" color="gray" size={36} aria-label={shell.language.label}>
            <IconLanguage size={19} stroke={1.6} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.RadioGroup
          value={language}
          onChange={(chosen) => {
            settings.setState({ language: chosen as Language });
          }}
        >
          {Object.entries(LANGUAGES).map(([id, name]) => (
            <Menu.RadioItem key={id} value={id} lang={TAGS[id as Language]}>
              {name}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}
