/** How far the run is, how long it will still take, and what waits. Quiet while nothing runs. */

import { Badge, Button, Progress, Text } from "@mantine/core";
import { IconPlayerPauseFilled } from "@tabler/icons-react";

import { useStrings } from "../i18n/language";
import type { Strings } from "../i18n/strings";
import { nodesOver, type Run } from "../state/run";
import { useServer } from "../state/server";
import { useCurrentRun, useProgress, type Progress as Far } from "./progress";
import { resumeQueue } from "./queue-actions";
import classes from "./RunControls.module.css";
import { roughly } from "./time-words";

export function RunProgress() {
  const { run: words } = useStrings();
  const queue = useServer((server) => server.queue);
  const run = useCurrentRun();
  const waiting = queue?.queued.length ?? 0;
  return (
    <>
      {queue?.paused && <Paused held={queue.held} />}
      {run && <OneRun run={run} />}
      {waiting > 0 && (
        <Badge variant="default" tt="none" fw={500} className={classes.figure}>
          {words.waiting(waiting)}
        </Badge>
      )}
    </>
  );
}

function OneRun({ run }: { run: Run }) {
  const { run: words } = useStrings();
  const far = useProgress(run);
  return (
    <div className={classes.progress}>
      <Text size="xs" className={classes.figure} truncate="end">
        {sayFar(run, far, words)}
      </Text>
      <Progress size={4} value={far.share * 100} aria-label={words.progress} transitionDuration={120} />
    </div>
  );
}

function sayFar(run: Run, { remaining }: Far, words: Strings["run"]): string {
  const nodes = words.nodesDone(nodesOver(run), run.nodes.size);
  if (!remaining || run.nodes.size === 0) return run.nodes.size === 0 ? words.phases.running : nodes;
  const time = roughly(remaining.seconds, words);
  return `${nodes} · ${remaining.all ? words.left(time) : words.leftOfNode(time)}`;
}

function Paused({ held }: { held: boolean }) {
  const { run: words } = useStrings();
  return (
    <Button
      size="compact-sm"
      variant="light"
      color="orange"
      title={words.paused.advice}
      leftSection={<IconPlayerPauseFilled size={13} aria-hidden />}
      onClick={() => void resumeQueue()}
    >
      {held ? words.paused.held : words.paused.label} – {words.paused.resume}
    </Button>
  );
}
