import { ActionIcon, Alert, Button, Code, CopyButton, Group, List, Text, Tooltip } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconCopy, IconInfoCircle } from "@tabler/icons-react";

import { en } from "../i18n/en";
import type { Problem } from "../protocol/schema";
import { session, useSession, type Refusal } from "../state/session";
import { ownerOf, replaceText, type OutlineNode, type Workflow } from "../workflow/workflow";
import classes from "./Problems.module.css";

/** Why the workflow was not taken, or only in part, in the words of the server, node by node. */
export function Problems() {
  const { refusal, warnings, workflow, submitLost } = useSession();
  if (submitLost) {
    return (
      <Alert role="alert" color="orange" icon={<IconAlertTriangle aria-hidden />} title={en.problems.submitLost}>
        {en.problems.submitLostAdvice}
      </Alert>
    );
  }
  if (refusal) return <Refused refusal={refusal} workflow={workflow} />;
  if (warnings.length === 0) return null;
  return (
    <Alert
      role="status"
      color="yellow"
      icon={<IconInfoCircle aria-hidden />}
      title={en.problems.warnings}
      withCloseButton
      closeButtonLabel={en.problems.dismiss}
      onClose={() => {
        session.dismissRemarks();
      }}
    >
      <List size="sm">
        {warnings.map((warning) => (
          <List.Item key={warning}>{warning}</List.Item>
        ))}
      </List>
    </Alert>
  );
}

function Refused({ refusal, workflow }: { refusal: Refusal; workflow: Workflow | null }) {
  const nodes: readonly OutlineNode[] = workflow?.nodes ?? [];
  const partly = refusal.error === null;
  const byNode = Object.entries(refusal.problems).filter(([, { errors }]) => errors.length > 0);
  return (
    <Alert
      role="alert"
      color={partly ? "yellow" : "red"}
      icon={<IconAlertTriangle aria-hidden />}
      title={partly ? en.problems.partly : en.problems.heading}
    >
      {byNode.length === 0 && refusal.error && <Text size="sm">{inWords(refusal.error)}</Text>}
      {byNode.map(([id, { errors, class_type: classId }]) => (
        <div key={id}>
          <Text size="sm" fw={600} mt={4}>
            {ownerOf(nodes, id)?.title ?? classId}
          </Text>
          <List size="sm" listStyleType="disc" withPadding>
            {errors.map((problem) => (
              <List.Item key={problem.message + problem.details}>
                {inWords(problem)}
                <Command problem={problem} />
              </List.Item>
            ))}
          </List>
          {workflow &&
            errors.map((problem) => (
              <Instead key={problem.message + problem.details} problem={problem} workflow={workflow} />
            ))}
        </div>
      ))}
      {byNode.length > 0 && !partly && (
        <Text size="sm" mt="xs" c="dimmed">
          {en.problems.summary}
        </Text>
      )}
    </Alert>
  );
}

/** For a model that is missing: the command that brings it, to be copied into a terminal. */
function Command({ problem }: { problem: Problem }) {
  const { command } = problem.extra_info;
  if (typeof command !== "string") return null;
  return (
    <Group gap={6} my={4} wrap="nowrap">
      <Text span size="sm" className={classes.before}>
        {en.problems.orRun}
      </Text>
      <Code className={classes.command}>{command}</Code>
      <CopyButton value={command}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? en.problems.copied : en.problems.copyCommand}>
            <ActionIcon size="sm" variant="subtle" color="gray" aria-label={en.problems.copyCommand} onClick={copy}>
              {copied ? <IconCheck size={15} aria-hidden /> : <IconCopy size={15} aria-hidden />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </Group>
  );
}

const OFFERED = 3;

/** For a file that is missing: those that are there, to take one of them instead. */
function Instead({ problem, workflow }: { problem: Problem; workflow: Workflow }) {
  const { folder, received_value: wanted, input_config: config } = problem.extra_info;
  const there: unknown = Array.isArray(config) ? config[0] : undefined;
  if (folder === undefined || typeof wanted !== "string" || !Array.isArray(there)) return null;
  const changes = there
    .filter((file) => typeof file === "string")
    .slice(0, OFFERED)
    .flatMap((file) => {
      const changed = replaceText(workflow, wanted, file);
      return changed === null ? [] : [{ file, changed }];
    });
  if (changes.length === 0) return null;
  return (
    <Group gap={6} my={6}>
      {changes.map(({ file, changed }) => (
        <Button
          key={file}
          size="compact-sm"
          variant="default"
          maw="100%"
          onClick={() => {
            session.opened(changed);
          }}
        >
          {en.problems.useInstead(file)}
        </Button>
      ))}
    </Group>
  );
}

/** Which input, what is wrong with it, and the details without repeating either, or the command that stands below. */
function inWords({ message, details, extra_info: extra }: Problem): string {
  const input = typeof extra.input_name === "string" ? extra.input_name : "";
  const shown =
    typeof extra.command === "string" ? details.replace(`bring it with “${extra.command}”, or `, "") : details;
  const rest = input && shown.startsWith(input) ? shown.slice(input.length).replace(/^[\s:,-]+/, "") : shown;
  const words = rest && !message.includes(rest) ? `${message}: ${rest}` : message;
  return input ? `${input}: ${words}` : words;
}
