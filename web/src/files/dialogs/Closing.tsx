/** Asks what becomes of what is not saved in tabs that are to be closed. */

import { Button, Group, List, Stack, Text } from "@mantine/core";
import { useStore } from "zustand";

import { useApp } from "../../editor/app";
import { useStrings } from "../../i18n/language";
import { closeNow, saveAndClose } from "../close";

export interface ClosingProps {
  readonly tabs: readonly string[];
  readonly onDone: () => void;
}

export default function Closing({ tabs: ids, onDone }: ClosingProps) {
  const app = useApp();
  const { files: words } = useStrings();
  const tabs = useStore(app.workspace, (workspace) => workspace.tabs);
  const unsaved = tabs.filter(({ id, changed }) => changed && ids.includes(id));
  const [only] = unsaved;

  return (
    <Stack>
      {unsaved.length === 1 && only ? (
        <Text size="sm">{words.closing.one(only.title)}</Text>
      ) : (
        <>
          <Text size="sm">{words.closing.many}</Text>
          <List size="sm">
            {unsaved.map(({ id, title }) => (
              <List.Item key={id}>{title}</List.Item>
            ))}
          </List>
        </>
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={onDone}>
          {words.closing.cancel}
        </Button>
        <Button
          variant="light"
          color="red"
          onClick={() => {
            onDone();
            closeNow(app, ids);
          }}
        >
          {words.closing.discard}
        </Button>
        <Button
          autoFocus
          data-autofocus
          onClick={() => {
            onDone();
            void saveAndClose(app, ids);
          }}
        >
          {unsaved.length === 1 ? words.closing.save : words.closing.saveAll}
        </Button>
      </Group>
    </Stack>
  );
}
