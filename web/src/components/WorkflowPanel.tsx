import { ActionIcon, Alert, Badge, Button, Group, Stack, Text, Title, Tooltip } from "@mantine/core";
import {
  IconAlertTriangle,
  IconLayoutGrid,
  IconPlayerPlayFilled,
  IconPlayerStopFilled,
  IconX,
} from "@tabler/icons-react";

import { useClient } from "../client/context";
import { en } from "../i18n/en";
import { isOver } from "../state/run";
import { useShownRun } from "../state/shown";
import { useServer } from "../state/server";
import { session, useSession } from "../state/session";
import type { Workflow } from "../workflow/workflow";
import { Checkpoints } from "./Checkpoints";
import { NodeList } from "./NodeList";
import { OpenButton } from "./OpenButton";
import { Problems } from "./Problems";
import classes from "./WorkflowPanel.module.css";

/** The left side: the workflow that is open, its nodes, and what can be done with it. */
export function WorkflowPanel() {
  const { workflow, openFailure } = useSession();
  return (
    <section className={classes.panel} aria-label={en.workflow.heading}>
      {openFailure && (
        <Alert
          role="alert"
          color="red"
          mb="md"
          icon={<IconAlertTriangle aria-hidden />}
          title={en.open.failed(openFailure.file)}
        >
          {en.open.reasons[openFailure.reason]}
        </Alert>
      )}
      {workflow ? <OpenWorkflow workflow={workflow} /> : <NoWorkflow />}
      <Checkpoints />
    </section>
  );
}

function NoWorkflow() {
  return (
    <Stack gap="sm">
      <Title order={2} size="h3">
        {en.open.heading}
      </Title>
      <Text c="dimmed" size="sm">
        {en.open.hint}
      </Text>
      <OpenButton label={en.open.button} size="md" mt="xs" />
    </Stack>
  );
}

function OpenWorkflow({ workflow }: { workflow: Workflow }) {
  return (
    <Stack gap="md">
      <div>
        <Group justify="space-between" align="start" wrap="nowrap" gap="xs">
          <Title order={2} size="h3" className={classes.title}>
            {workflow.title}
          </Title>
          <Tooltip label={en.workflow.close}>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={en.workflow.close}
              onClick={() => {
                session.closed();
              }}
            >
              <IconX size={17} stroke={1.6} />
            </ActionIcon>
          </Tooltip>
        </Group>
        <Group gap="xs" mt={6}>
          <Text size="sm" c="dimmed">
            {en.workflow.nodes(workflow.nodes.length)}
          </Text>
          <Badge variant="default" size="sm" tt="none" fw={500}>
            {en.workflow.formats[workflow.format]}
          </Badge>
        </Group>
      </div>
      <Controls />
      <Problems />
      <NodeList nodes={workflow.nodes} />
      <Group gap="xs" justify="center">
        <OpenButton label={en.open.another} variant="subtle" color="gray" size="compact-sm" />
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          leftSection={<IconLayoutGrid size={18} stroke={1.6} aria-hidden />}
          onClick={() => {
            session.closed();
          }}
        >
          {en.examples.heading}
        </Button>
      </Group>
    </Stack>
  );
}

function Controls() {
  const client = useClient();
  const link = useServer((server) => server.link);
  const { jobs, submitting, cancelling } = useSession();
  const run = useShownRun();
  const active = run !== null && !isOver(run);
  return (
    <Group gap="sm" grow={active} preventGrowOverflow={false}>
      <Button
        size="md"
        fullWidth={!active}
        loading={submitting !== null}
        disabled={link !== "open"}
        leftSection={<IconPlayerPlayFilled size={17} aria-hidden />}
        onClick={() => {
          client.queue();
        }}
      >
        {jobs.length === 0 ? en.workflow.queue : en.workflow.queueAgain}
      </Button>
      {active && (
        <Button
          size="md"
          variant="default"
          disabled={link !== "open"}
          leftSection={<IconPlayerStopFilled size={17} aria-hidden />}
          onClick={() => {
            client.cancel(run.job);
          }}
        >
          {cancelling === run.job ? en.workflow.cancelling : en.workflow.cancel}
        </Button>
      )}
    </Group>
  );
}
