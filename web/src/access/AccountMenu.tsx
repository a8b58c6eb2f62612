/** Who is signed in here, how far that goes, and the way out. Not there where nobody has to sign in. */

import { ActionIcon, Menu, Text, Tooltip } from "@mantine/core";
import { IconLogout, IconUserCircle } from "@tabler/icons-react";

import { signOut } from "../client/session";
import { useStrings } from "../i18n/language";
import { useSession } from "../state/session";

export function AccountMenu() {
  const { access: words } = useStrings();
  const who = useSession((session) => session.who);
  if (who?.scope == null || !(who.tokens_required || who.session)) return null;
  return (
    <Menu withinPortal={false} position="bottom-end" withArrow shadow="md" width={240}>
      <Menu.Target>
        <Tooltip label={words.account}>
          <ActionIcon variant="subtle" color="gray" size={36} aria-label={words.account}>
            <IconUserCircle size={20} stroke={1.6} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="sm" fw={600} truncate>
            {who.name}
          </Text>
          <Text size="xs">{words.scopes[who.scope]}</Text>
        </Menu.Label>
        {who.session && (
          <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void signOut()}>
            {words.signOut}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
