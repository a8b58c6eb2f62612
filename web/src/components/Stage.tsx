import { Group, Loader, Progress, Stack, Text, Title } from "@mantine/core";
import { IconAlertTriangle, IconBan, IconPhoto } from "@tabler/icons-react";
import type { ReactNode } from "react";

import { en } from "../i18n/en";
import { isOver, nodesOver, progressOf, type Run } from "../state/run";
import { useRuns } from "../state/runs";
import { useShownRun } from "../state/shown";
import { useSession } from "../state/session";
import type { OutlineNode } from "../workflow/workflow";
import { Examples } from "./Examples";
import { FailureReport } from "./FailureReport";
import { Pictures } from "./Pictures";
import classes from "./Stage.module.css";

/** The right side: the picture as it forms and when it is done, or why it is not. */
export function Stage() {
  const workflow = useSession((session) => session.workflow);
  const run = useShownRun();
  return (
    <section className={classes.stage} data-run={run !== null} aria-label={en.run.heading}>
      {run && <RunHeader run={run} nodes={workflow?.nodes ?? []} />}
      <div className={classes.content}>{run ? <RunContent run={run} /> : <Idle />}</div>
    </section>
  );
}

function RunHeader({ run, nodes }: { run: Run; nodes: readonly OutlineNode[] }) {
  const total = Math.max(run.nodes.size, nodes.filter((node) => node.off === null).length);
  const share = progressOf(run);
  const took = run.startedAt !== null && run.finishedAt !== null ? run.finishedAt - run.startedAt : null;
  const words = run.phase === "done" && took !== null ? en.run.took(took) : en.run.phases[run.phase];
  return (
    <div className={classes.header}>
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm" fw={600} role="status" aria-live="polite">
          {words}
        </Text>
        {run.phase === "running" && (
          <Text size="sm" c="dimmed" className={classes.figure}>
            {en.run.nodesDone(nodesOver(run), total)}
          </Text>
        )}
      </Group>
      <Progress
        mt={8}
        size="sm"
        value={share * 100}
        aria-label={en.run.progress}
        color={run.phase === "failed" ? "red" : run.phase === "done" ? "teal" : isOver(run) ? "gray" : "iris"}
        transitionDuration={120}
      />
      {run.interruption !== null && (
        <Text size="sm" c="dimmed" mt={8}>
          {en.run.secondAttempt(run.interruption)}
        </Text>
      )}
    </div>
  );
}

function RunContent({ run }: { run: Run }) {
  const preview = useRuns((state) => state.previews.get(run.job) ?? null);
  if (run.phase === "failed" && run.failure) return <FailureReport failure={run.failure} />;
  if (preview) {
    return (
      <figure className={classes.preview}>
        <img src={preview.url} alt={en.run.previewAlt} />
        <Text component="figcaption" size="sm" c="dimmed">
          {en.run.previewCaption}
        </Text>
      </figure>
    );
  }
  if (run.pictures.length > 0) return <Pictures pictures={run.pictures} />;
  switch (run.phase) {
    case "waiting":
      return <Message icon={<Loader type="dots" />} title={en.run.phases.waiting} hint={en.run.waitingHint} />;
    case "running":
      return <Message icon={<Loader type="dots" />} title={en.run.phases.running} hint={en.run.preparing} />;
    case "cancelled":
      return <Message icon={<IconBan {...LARGE} />} title={en.run.phases.cancelled} hint={en.run.cancelledHint} />;
    case "failed":
      return <Message icon={<IconAlertTriangle {...LARGE} />} title={en.failure.inRun} hint="" />;
    case "done":
      return <Message icon={<IconPhoto {...LARGE} />} title={en.run.phases.done} hint={en.run.nothingToShow} />;
  }
}

function Idle() {
  const { workflow, refusal } = useSession();
  const ready = workflow !== null;
  if (refusal) return <Message icon={<IconPhoto {...LARGE} />} title={en.run.refused} hint={en.run.refusedHint} />;
  return (
    <div className={classes.idle}>
      <Message
        icon={<IconPhoto {...LARGE} />}
        title={ready ? en.run.ready : en.run.noneYet}
        hint={ready ? en.run.readyHint : en.run.noneYetHint}
      />
      <Examples />
    </div>
  );
}

const LARGE = { size: 44, stroke: 1.1, "aria-hidden": true } as const;

function Message({ icon, title, hint }: { icon: ReactNode; title: string; hint: string }) {
  return (
    <Stack align="center" gap="xs" className={classes.message}>
      {icon}
      <Title order={2} size="h4" fw={600}>
        {title}
      </Title>
      <Text size="sm" c="dimmed" ta="center" maw="24rem">
        {hint}
      </Text>
    </Stack>
  );
}
