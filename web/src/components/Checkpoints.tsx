import { ActionIcon, Alert, Code, Group, Loader, Stack, Text, Title, Tooltip } from "@mantine/core";
import { IconCube, IconRefresh } from "@tabler/icons-react";
import { Fragment } from "react";

import { useClient } from "../client/context";
import { en } from "../i18n/en";
import { useServer } from "../state/server";
import classes from "./Checkpoints.module.css";

/** The checkpoints the server found, or where to put one. */
export function Checkpoints() {
  const client = useClient();
  const { checkpoints, link } = useServer();
  return (
    <Stack component="section" gap="xs" className={classes.section} aria-label={en.models.heading}>
      <Group justify="space-between">
        <Title order={3} size="sm">
          {en.models.heading}
        </Title>
        <Tooltip label={en.models.reload}>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={en.models.reload}
            disabled={link !== "open"}
            onClick={() => void client.refreshCheckpoints()}
          >
            <IconRefresh size={17} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      </Group>
      {checkpoints.state === "loading" && <Loader size="xs" type="dots" aria-label={en.server.connecting} />}
      {checkpoints.state === "failed" && (
        <Text size="sm" c="dimmed">
          {en.models.unknown}
        </Text>
      )}
      {checkpoints.state === "known" && checkpoints.files.length === 0 && (
        <Alert role="note" color="iris" title={en.models.none} icon={<IconCube aria-hidden />}>
          <Text size="sm">{en.models.advice}</Text>
          <Code block mt={6} className={classes.path}>
            {checkpoints.folder.split(/(?<=[/\\])/).map((part, place) => (
              <Fragment key={place}>
                {part}
                <wbr />
              </Fragment>
            ))}
          </Code>
          <Text size="sm" mt={6}>
            {en.models.orRun} <Code>{en.models.command}</Code>
          </Text>
        </Alert>
      )}
      {checkpoints.state === "known" && checkpoints.files.length > 0 && (
        <ul className={classes.files}>
          {checkpoints.files.map((file) => (
            <li key={file}>
              <IconCube size={16} stroke={1.5} aria-hidden />
              <Text span size="sm" truncate="end" title={file}>
                {file}
              </Text>
            </li>
          ))}
        </ul>
      )}
    </Stack>
  );
}
