/** What runs and what waits, everybody's jobs: put in another order, taken out, paused. */

import { DragDropContext, Draggable, Droppable } from "@hello-pangea/dnd";
import { ActionIcon, Button, Text, Tooltip, useMantineStyleNonce } from "@mantine/core";
import { IconPlayerPauseFilled, IconPlayerPlayFilled, IconTrash } from "@tabler/icons-react";
import { useState } from "react";

import { barred, useMayNot } from "../access/may-not";
import { useStrings } from "../i18n/language";
import type { QueuedJob } from "../protocol/schema";
import { clearQueue, moveJob, pauseQueue, resumeQueue } from "../run/queue-actions";
import { SidePanel } from "../shell/SidePanel";
import { useServer } from "../state/server";
import { moved, placeBeside } from "./order";
import classes from "./QueuePanel.module.css";
import { RunningRow, WaitingRow } from "./QueueRows";

/** So many waiting jobs are listed; the rest is counted. */
const LISTED = 100;

export function QueuePanel() {
  const { queuePanel: words } = useStrings().run;
  const queue = useServer((server) => server.queue);
  const mayNotPause = useMayNot("admin");
  const running = queue?.running ?? [];
  const waiting = queue?.queued ?? [];
  return (
    <SidePanel title={words.heading} actions={<QueueActions waiting={waiting.length} />}>
      <div className={classes.lists}>
        {queue?.paused && (
          <div className={classes.paused} role="status">
            <Text size="sm">{words.pausedNote}</Text>
            <Button
              size="compact-sm"
              title={mayNotPause ?? undefined}
              onClick={() => void resumeQueue()}
              {...barred(mayNotPause)}
            >
              {words.resume}
            </Button>
          </div>
        )}
        {running.length > 0 && (
          <section aria-label={words.running}>
            <h3 className={classes.heading}>{words.running}</h3>
            <ul className={classes.list}>
              {running.map((entry) => (
                <RunningRow key={entry.job} entry={entry} />
              ))}
            </ul>
          </section>
        )}
        {waiting.length > 0 && (
          <section aria-label={words.waiting}>
            <h3 className={classes.heading}>{words.waitingCount(waiting.length)}</h3>
            <Waiting jobs={waiting.slice(0, LISTED)} />
            {waiting.length > LISTED && (
              <Text size="xs" c="dimmed" px="sm" py="xs">
                {words.more(waiting.length - LISTED)}
              </Text>
            )}
          </section>
        )}
        {queue !== null && running.length + waiting.length === 0 && (
          <Text size="sm" c="dimmed" className={classes.empty}>
            {words.empty}
          </Text>
        )}
      </div>
    </SidePanel>
  );
}

function QueueActions({ waiting }: { waiting: number }) {
  const { queuePanel: words } = useStrings().run;
  const paused = useServer((server) => server.queue?.paused ?? false);
  const pause = paused ? words.resume : words.pause;
  const mayNotPause = useMayNot("admin");
  const mayNotClear = useMayNot("run");
  return (
    <>
      <Tooltip label={mayNotPause ?? pause} multiline maw={260}>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={36}
          aria-label={pause}
          onClick={() => void (paused ? resumeQueue() : pauseQueue())}
          {...barred(mayNotPause)}
        >
          {paused ? <IconPlayerPlayFilled size={16} aria-hidden /> : <IconPlayerPauseFilled size={16} aria-hidden />}
        </ActionIcon>
      </Tooltip>
      <Tooltip label={mayNotClear ?? words.clear} multiline maw={260}>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={36}
          aria-label={words.clear}
          disabled={waiting === 0 && mayNotClear === null}
          onClick={() => void clearQueue()}
          {...barred(mayNotClear)}
        >
          <IconTrash size={17} stroke={1.7} aria-hidden />
        </ActionIcon>
      </Tooltip>
    </>
  );
}

function Waiting({ jobs }: { jobs: readonly QueuedJob[] }) {
  const nonce = useMantineStyleNonce();
  const { queuePanel: words } = useStrings().run;
  // Until the server has told of the new order, the list stays as it was dropped.
  const told = useServer((server) => server.queue?.queued);
  const [dropped, setDropped] = useState<{ over: typeof told; order: readonly QueuedJob[] } | null>(null);
  const shown = dropped !== null && dropped.over === told ? dropped.order : jobs;
  return (
    <DragDropContext
      nonce={nonce?.()}
      dragHandleUsageInstructions={words.dragHint}
      onDragEnd={({ source, destination, draggableId }) => {
        if (!destination || destination.index === source.index) return;
        const to = moved(shown, source.index, destination.index);
        setDropped({ over: told, order: to });
        const place = placeBeside(to, destination.index);
        if (place) void moveJob(draggableId, place);
      }}
    >
      <Droppable droppableId="waiting">
        {({ innerRef, droppableProps, placeholder }) => (
          <ul ref={innerRef} {...droppableProps} className={classes.list}>
            {shown.map((entry, index) => (
              <Draggable key={entry.job} draggableId={entry.job} index={index}>
                {(provided, { isDragging }) => <WaitingRow entry={entry} provided={provided} dragged={isDragging} />}
              </Draggable>
            ))}
            {placeholder}
          </ul>
        )}
      </Droppable>
    </DragDropContext>
  );
}
