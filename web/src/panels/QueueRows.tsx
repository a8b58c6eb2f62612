/** A job of the queue, as a row: one that runs, and one that waits. */

import type { DraggableProvided } from "@hello-pangea/dnd";
import { ActionIcon, Badge, Menu, Progress, Text, Tooltip } from "@mantine/core";
import {
  IconArrowBarToDown,
  IconArrowBarToUp,
  IconArrowDown,
  IconArrowUp,
  IconDots,
  IconGripVertical,
  IconMinus,
  IconPlayerStopFilled,
  IconX,
} from "@tabler/icons-react";

import { useApp } from "../editor/app";
import { barred, barredItem, useMayNot } from "../access/may-not";
import { useStrings } from "../i18n/language";
import type { QueuedJob } from "../protocol/schema";
import { useProgress } from "../run/progress";
import { cancel } from "../run/queue";
import { moveJob, removeJob } from "../run/queue-actions";
import { roughly } from "../run/time-words";
import { nodesOver } from "../state/run";
import { useRuns } from "../state/runs";
import { JobTitle } from "./JobTitle";
import classes from "./QueuePanel.module.css";

/** What the menu offers; a job of any other priority is shown with its number. */
const PRIORITIES = { high: 10, normal: 0, low: -10 } as const;

export function RunningRow({ entry }: { entry: QueuedJob }) {
  const app = useApp();
  const { run: words } = useStrings();
  const mayNot = useMayNot("run");
  const run = useRuns(({ runs }) => runs.get(entry.job) ?? null);
  const preview = useRuns(({ previews }) => previews.get(entry.job)?.url ?? null);
  const { share, remaining } = useProgress(run);
  const figures = run && run.nodes.size > 0 ? words.nodesDone(nodesOver(run), run.nodes.size) : words.phases.running;
  const left = remaining?.all ? ` · ${words.left(roughly(remaining.seconds, words))}` : "";
  return (
    <li className={classes.row} data-job={entry.job}>
      {preview && <img className={classes.thumbnail} src={preview} alt={words.previewAlt} />}
      <div className={classes.words}>
        <JobTitle job={entry.job} title={entry.title} />
        <Text size="xs" c="dimmed" className={classes.figures}>
          {figures}
          {left}
        </Text>
        <Progress size={4} value={share * 100} aria-label={words.progress} transitionDuration={120} />
      </div>
      <Tooltip label={mayNot ?? words.cancel} multiline maw={260}>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={36}
          aria-label={words.queuePanel.cancel(entry.title ?? entry.job)}
          onClick={() => {
            cancel(app, entry.job);
          }}
          {...barred(mayNot)}
        >
          <IconPlayerStopFilled size={15} aria-hidden />
        </ActionIcon>
      </Tooltip>
    </li>
  );
}

export interface WaitingRowProps {
  readonly entry: QueuedJob;
  readonly provided: DraggableProvided;
  readonly dragged: boolean;
}

export function WaitingRow({ entry, provided, dragged }: WaitingRowProps) {
  const { innerRef, draggableProps, dragHandleProps } = provided;
  const { queuePanel: words } = useStrings().run;
  const mayNot = useMayNot("run");
  const mayNotHurry = useMayNot("admin");
  const { job, priority = 0 } = entry;
  const title = entry.title ?? words.untitled;
  return (
    <li ref={innerRef} {...draggableProps} className={classes.row} data-job={job} data-dragged={dragged}>
      <span {...dragHandleProps} className={classes.grip} aria-label={words.drag(title)}>
        <IconGripVertical size={16} stroke={1.6} aria-hidden />
      </span>
      <div className={classes.words}>
        <JobTitle job={job} title={entry.title} />
        {priority !== 0 && (
          <Badge size="xs" variant="light" color={priority > 0 ? "orange" : "gray"} tt="none">
            {nameOfPriority(priority, words.priorities) ?? words.priority(priority)}
          </Badge>
        )}
      </div>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size={36} aria-label={words.menu(title)}>
            <IconDots size={17} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconArrowBarToUp size={16} />}
            onClick={() => void moveJob(job, { front: true })}
            {...barredItem(mayNot)}
          >
            {words.toFront}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconArrowBarToDown size={16} />}
            onClick={() => void moveJob(job, { back: true })}
            {...barredItem(mayNot)}
          >
            {words.toBack}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Label>{words.priorityLabel}</Menu.Label>
          {(["high", "normal", "low"] as const).map((level) => (
            <Menu.Item
              key={level}
              leftSection={LEVEL_ICONS[level]}
              fw={priority === PRIORITIES[level] ? 650 : undefined}
              aria-current={priority === PRIORITIES[level]}
              onClick={() => void moveJob(job, { priority: PRIORITIES[level] })}
              {...barredItem(level === "high" ? mayNotHurry : mayNot)}
            >
              {words.priorities[level]}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Tooltip label={mayNot ?? words.remove} multiline maw={260}>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={36}
          aria-label={words.removeOne(title)}
          onClick={() => void removeJob(job)}
          {...barred(mayNot)}
        >
          <IconX size={16} stroke={1.7} aria-hidden />
        </ActionIcon>
      </Tooltip>
    </li>
  );
}

const LEVEL_ICONS = {
  high: <IconArrowUp size={16} />,
  normal: <IconMinus size={16} />,
  low: <IconArrowDown size={16} />,
};

function nameOfPriority(
  priority: number,
  names: Readonly<Record<keyof typeof PRIORITIES, string>>,
): string | undefined {
  const level = (["high", "normal", "low"] as const).find((one) => PRIORITIES[one] === priority);
  return level && names[level];
}
