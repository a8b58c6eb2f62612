/** In the header: queue the workflow, see how far the run is, stop it. */

import { ActionIcon, Button, Group, Tooltip } from "@mantine/core";
import { IconPlayerPlayFilled, IconPlayerStopFilled } from "@tabler/icons-react";
import { useEffect, useState } from "react";

import { useActiveTab, useApp } from "../editor/app";
import { useStrings } from "../i18n/language";
import { askedOf, useAsked } from "../state/asked";
import { useServer } from "../state/server";
import { may, useSession } from "../state/session";
import { AutoQueue } from "./auto-queue";
import { useCurrentRun } from "./progress";
import { cancel, queue } from "./queue";
import { QueueOptions } from "./QueueOptions";
import classes from "./RunControls.module.css";
import { RunProgress } from "./RunProgress";
import { useRunSettings } from "./settings";

export function RunControls() {
  const app = useApp();
  useEffect(() => {
    const auto = new AutoQueue(app);
    auto.start();
    return () => {
      auto.stop();
    };
  }, [app]);
  return (
    <Group gap="xs" wrap="nowrap" className={classes.controls}>
      <RunProgress />
      <StopButton />
      <QueueButton />
    </Group>
  );
}

function QueueButton() {
  const app = useApp();
  const { run: words, access } = useStrings();
  const tab = useActiveTab();
  const link = useServer((server) => server.link);
  const sending = useAsked((known) => tab !== null && askedOf(known, tab.id).unanswered.length > 0);
  const { count, auto } = useRunSettings();
  const allowed = useSession(may("run"));
  const disabled = tab === null || link !== "open";
  return (
    <Button.Group>
      <Tooltip label={access.mayNot.run} disabled={allowed} multiline w={260}>
        <Button
          size="sm"
          data-testid="queue"
          data-auto={auto}
          disabled={disabled}
          data-disabled={!allowed || undefined}
          aria-disabled={!allowed || undefined}
          loading={sending}
          loaderProps={{ type: "dots" }}
          leftSection={<IconPlayerPlayFilled size={15} aria-hidden />}
          onClick={() => {
            if (allowed) void queue(app, { count });
          }}
        >
          {words.queue}
          {count > 1 && <span className={classes.count}>×{count}</span>}
        </Button>
      </Tooltip>
      <QueueOptions disabled={disabled || !allowed} />
    </Button.Group>
  );
}

function StopButton() {
  const app = useApp();
  const { run: words } = useStrings();
  const run = useCurrentRun();
  const [asked, setAsked] = useState<string | null>(null);
  if (!run) return null;
  const label = asked === run.job ? words.cancelAgain : words.cancel;
  return (
    <Tooltip label={label}>
      <ActionIcon
        size="lg"
        variant="default"
        aria-label={label}
        data-asked={asked === run.job}
        onClick={() => {
          cancel(app, run.job);
          setAsked(run.job);
        }}
      >
        <IconPlayerStopFilled size={16} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}
