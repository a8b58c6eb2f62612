import { Group, Text } from "@mantine/core";

import { en } from "../i18n/en";
import type { ServerStatus as Status } from "../protocol/schema";
import { useServer } from "../state/server";
import classes from "./ServerStatus.module.css";

/** Connection, device and queue, in one quiet line. */
export function ServerStatus() {
  const { link, status } = useServer();
  return (
    <Group gap="lg" wrap="nowrap" role="status" aria-label={en.server.heading}>
      {link === "open" && status && <Working status={status} />}
      <Group gap={8} wrap="nowrap">
        <span className={classes.dot} data-link={link} aria-hidden />
        <Text size="sm">{en.server[link]}</Text>
      </Group>
    </Group>
  );
}

function Working({ status }: { status: Status }) {
  const queued = status.running.length + status.queued.length;
  return (
    <>
      <Text size="sm" c="dimmed" visibleFrom="sm" truncate maw="20rem" title={status.trouble}>
        {status.worker_ready
          ? status.devices.map(en.server.device).join(", ")
          : status.trouble
            ? en.server.noWorker
            : en.server.starting}
      </Text>
      <Text size="sm" c="dimmed" visibleFrom="xs">
        {queued === 0 ? en.server.queueEmpty : en.server.queueLength(queued)}
      </Text>
    </>
  );
}
