/** A word to the person that something was done, with a way to take it back. */

import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";

import { strings } from "../i18n/language";

export function tellUndoable(message: string, undo: () => Promise<void>): void {
  const id = notifications.show({
    autoClose: 10_000,
    message: (
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">{message}</Text>
        <Button
          size="compact-sm"
          variant="light"
          onClick={() => {
            notifications.hide(id);
            void undo();
          }}
        >
          {strings().files.undo}
        </Button>
      </Group>
    ),
  });
}
