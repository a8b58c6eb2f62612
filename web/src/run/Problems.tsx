/**
 * Over the canvas: why the shown workflow was not queued, or only in part, or why its last run failed; in words, node by
 * node, each of which can be shown.
 */

import { ActionIcon, Alert, Button, Code, List, Text, Tooltip } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconCopy, IconFocus2, IconInfoCircle } from "@tabler/icons-react";
import { useState } from "react";
import { useStore } from "zustand";

import { Copying } from "../commands/Copying";
import { useActiveTab, useApp } from "../editor/app";
import type { Tab } from "../editor/workspace";
import { useStrings } from "../i18n/language";
import type { Failure, Problem } from "../protocol/schema";
import { asked, askedOf, useAsked, type Refusal } from "../state/asked";
import { useRuns } from "../state/runs";
import { commandOf, inputOf, inWords, isUnknownClass } from "./plain-words";
import classes from "./Problems.module.css";
import { UnknownClass } from "./UnknownClass";
import { nameOf, showNode } from "./where";

export function Problems() {
  const tab = useActiveTab();
  return tab && <ProblemsOf key={tab.id} tab={tab} />;
}

function ProblemsOf({ tab }: { tab: Tab }) {
  const { problems: words } = useStrings().run;
  const { refusal, warnings } = useAsked((known) => askedOf(known, tab.id));
  const [read, setRead] = useState<string | null>(null);
  const run = useRuns(({ runs }) => runs.get(tab.jobs.at(-1) ?? "") ?? null);
  const dismiss = () => {
    asked.dismissed(tab.id);
  };
  if (refusal) return <Refused tab={tab} refusal={refusal} onDismiss={dismiss} />;
  if (run?.failure && read !== run.job) {
    return (
      <Failed
        tab={tab}
        failure={run.failure}
        onDismiss={() => {
          setRead(run.job);
        }}
      />
    );
  }
  if (warnings.length === 0) return null;
  return (
    <Alert
      role="status"
      color="yellow"
      className={classes.problems}
      icon={<IconInfoCircle aria-hidden />}
      title={words.warnings}
      withCloseButton
      closeButtonLabel={words.dismiss}
      onClose={dismiss}
    >
      <List size="sm">
        {warnings.map((warning) => (
          <List.Item key={warning}>{warning}</List.Item>
        ))}
      </List>
    </Alert>
  );
}

function Refused({ tab, refusal, onDismiss }: { tab: Tab; refusal: Refusal; onDismiss: () => void }) {
  const { problems: words } = useStrings().run;
  const { error } = refusal;
  const byNode = Object.entries(refusal.problems).filter(([, { errors }]) => errors.length > 0);
  return (
    <Alert
      role="alert"
      color={error ? "red" : "yellow"}
      className={classes.problems}
      icon={<IconAlertTriangle aria-hidden />}
      title={error ? words.heading : words.partly}
      withCloseButton
      closeButtonLabel={words.dismiss}
      onClose={onDismiss}
    >
      {byNode.length === 0 && error && (
        <Text size="sm">{error.type === "prompt_no_outputs" ? words.noOutputs : inWords(error)}</Text>
      )}
      {byNode.map(([id, { errors, class_type: classId }]) => (
        <section key={id} className={classes.node}>
          <NodeName tab={tab} id={id} otherwise={classId} />
          <List size="sm" listStyleType="disc" withPadding>
            {errors.map((problem) => (
              <List.Item key={problem.message + problem.details}>
                {isUnknownClass(problem) ? (
                  <UnknownClass tab={tab} id={id} classId={classId} />
                ) : (
                  <OneProblem problem={problem} />
                )}
              </List.Item>
            ))}
          </List>
        </section>
      ))}
    </Alert>
  );
}

function OneProblem({ problem }: { problem: Problem }) {
  const { problems: words } = useStrings().run;
  const input = inputOf(problem);
  const command = commandOf(problem);
  return (
    <>
      {input !== null && <b>{input}: </b>}
      {inWords(problem)}
      {command !== null && (
        <span className={classes.command}>
          <Code>{command}</Code>
          <Copy value={command} label={words.copyCommand} />
        </span>
      )}
    </>
  );
}

function Failed({ tab, failure, onDismiss }: { tab: Tab; failure: Failure; onDismiss: () => void }) {
  const { problems: words } = useStrings().run;
  const { message, node, class_id: classId, traceback = [], user_error: userError = false } = failure;
  return (
    <Alert
      role="alert"
      color="red"
      className={classes.problems}
      icon={<IconAlertTriangle aria-hidden />}
      title={words.failed}
      withCloseButton
      closeButtonLabel={words.dismiss}
      onClose={onDismiss}
    >
      {node && <NodeName tab={tab} id={node} otherwise={classId ?? node} />}
      <Text size="sm" className={classes.message}>
        {message}
      </Text>
      {!userError && traceback.length > 0 && (
        <>
          <Text size="sm" c="dimmed">
            {words.defect}
          </Text>
          <details className={classes.details}>
            <summary>{words.details}</summary>
            <Copy value={traceback.join("")} label={words.copyDetails} />
            <Code block tabIndex={0} className={classes.traceback}>
              {traceback.join("")}
            </Code>
          </details>
        </>
      )}
    </Alert>
  );
}

function NodeName({ tab, id, otherwise }: { tab: Tab; id: string; otherwise: string }) {
  const app = useApp();
  const { problems: words } = useStrings().run;
  // The catalog may come to know the class's title later.
  useStore(app.catalog);
  const name = nameOf(tab.editor, id);
  if (name === null) return <Text size="sm">{otherwise}</Text>;
  return (
    <Button
      size="compact-sm"
      variant="subtle"
      title={words.show}
      leftSection={<IconFocus2 size={15} stroke={1.7} aria-hidden />}
      onClick={() => {
        showNode(app, tab, id);
      }}
    >
      {name}
    </Button>
  );
}

function Copy({ value, label }: { value: string; label: string }) {
  const { viewer } = useStrings().run;
  return (
    <Copying value={value}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? viewer.copied : label}>
          <ActionIcon size="sm" variant="subtle" color="gray" aria-label={label} onClick={copy}>
            {copied ? <IconCheck size={15} aria-hidden /> : <IconCopy size={15} aria-hidden />}
          </ActionIcon>
        </Tooltip>
      )}
    </Copying>
  );
}
