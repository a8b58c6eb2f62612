import { Alert, List, Text } from "@mantine/core";
import { IconAlertTriangle, IconInfoCircle } from "@tabler/icons-react";

import { en } from "../i18n/en";
import type { Problem } from "../protocol/messages";
import { session, useSession, type Refusal } from "../state/session";
import { ownerOf, type OutlineNode } from "../workflow/workflow";

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
  if (refusal) return <Refused refusal={refusal} nodes={workflow?.nodes ?? []} />;
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

function Refused({ refusal, nodes }: { refusal: Refusal; nodes: readonly OutlineNode[] }) {
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
              <List.Item key={problem.message + problem.details}>{inWords(problem)}</List.Item>
            ))}
          </List>
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

/** Which input, what is wrong with it, and the details without repeating either. */
function inWords({ message, details, extra_info: extra }: Problem): string {
  const input = typeof extra.input_name === "string" ? extra.input_name : "";
  const rest = input && details.startsWith(input) ? details.slice(input.length).replace(/^[\s:,-]+/, "") : details;
  const words = rest && !message.includes(rest) ? `${message}: ${rest}` : message;
  return input ? `${input}: ${words}` : words;
}
