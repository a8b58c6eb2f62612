/** What a new access token reads. It is gone when the dialog is. */

import { Alert, Button, Code, Group, Stack, Text } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";

import { Copying } from "../commands/Copying";
import type { tokens } from "../i18n/en/tokens";
import type { MadeToken } from "../protocol/schema";

export function FreshToken({ made, words }: { readonly made: MadeToken; readonly words: typeof tokens }) {
  return (
    <Alert color="green" title={words.fresh(made.token.name)}>
      <Stack gap="xs">
        <Group wrap="nowrap" justify="space-between">
          <Code style={{ overflowWrap: "anywhere" }}>{made.secret}</Code>
          <Copying value={made.secret}>
            {({ copied, copy }) => (
              <Button
                size="compact-sm"
                variant="default"
                leftSection={copied ? <IconCheck size={15} aria-hidden /> : <IconCopy size={15} aria-hidden />}
                onClick={copy}
                style={{ flex: "none" }}
              >
                {copied ? words.copied : words.copy}
              </Button>
            )}
          </Copying>
        </Group>
        <Text size="sm">{words.once}</Text>
      </Stack>
    </Alert>
  );
}
