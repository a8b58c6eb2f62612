/** Whether the server is there and on what it runs, in one word and a dot; the rest on pointing at it. */

import { HoverCard, Text, UnstyledButton } from "@mantine/core";

import { useStrings } from "../i18n/language";
import { useServer } from "../state/server";
import classes from "./ServerState.module.css";

export function ServerState() {
  const { shell } = useStrings();
  const { link, status } = useServer();
  const words = shell.server;
  const working = link === "open" && status !== null;
  const device = working && status.worker_ready ? status.devices.map(words.device).join(", ") : null;
  const state = working && !status.worker_ready ? (status.trouble ? words.noWorker : words.starting) : words[link];
  const tone = link === "open" && working && !status.worker_ready ? "connecting" : link;
  return (
    <HoverCard position="bottom-end" withArrow shadow="md" openDelay={150}>
      <HoverCard.Target>
        <UnstyledButton
          className={classes.state}
          aria-label={`${words.heading}: ${[state, device].filter(Boolean).join(", ")}`}
        >
          <span className={classes.dot} data-tone={tone} aria-hidden />
          <Text span size="sm" className={classes.words}>
            {device ?? state}
          </Text>
        </UnstyledButton>
      </HoverCard.Target>
      <HoverCard.Dropdown maw={320}>
        <Text size="sm" fw={600}>
          {state}
        </Text>
        {working && (
          <>
            {device !== null && <Text size="sm">{words.runsOn(device)}</Text>}
            {status.trouble !== "" && <Text size="sm">{status.trouble}</Text>}
            <Text size="sm" c="dimmed">
              {words.version(status.version)}
            </Text>
          </>
        )}
        {link === "lost" && (
          <Text size="sm" c="dimmed">
            {words.lostAdvice}
          </Text>
        )}
      </HoverCard.Dropdown>
    </HoverCard>
  );
}
