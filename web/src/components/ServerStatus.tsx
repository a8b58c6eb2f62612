import { Group, Text, VisuallyHidden } from "@mantine/core";

import { en } from "../i18n/en";
import { useServer } from "../state/server";
import classes from "./ServerStatus.module.css";

/** Connection, device and queue, in one quiet line. */
export function ServerStatus() {
  const { link, device, queueLength } = useServer();
  const open = link === "open";
  return (
    <Group gap="md" wrap="nowrap" role="status" aria-live="polite">
      <VisuallyHidden>{en.server.heading}</VisuallyHidden>
      {open && device !== null && (
        <Text size="sm" c="dimmed" visibleFrom="sm" truncate maw="18rem">
          {device}
        </Text>
      )}
      {open && queueLength !== null && (
        <Text size="sm" c="dimmed">
          {queueLength === 0 ? en.server.queueEmpty : en.server.queueLength(queueLength)}
        </Text>
      )}
      <Group gap={8} wrap="nowrap">
        <span className={classes.dot} data-link={link} aria-hidden />
        <Text size="sm">{en.server[link]}</Text>
      </Group>
    </Group>
  );
}
