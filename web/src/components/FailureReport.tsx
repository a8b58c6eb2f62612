import { Alert, Code, Stack, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";

import { en } from "../i18n/en";
import type { Failure } from "../protocol/schema";
import { useSession } from "../state/session";
import { ownerOf } from "../workflow/workflow";
import classes from "./FailureReport.module.css";

/** Why a run failed, at which node, in plain words; the traceback only for who asks. */
export function FailureReport({ failure }: { failure: Failure }) {
  const nodes = useSession((session) => session.workflow?.nodes ?? []);
  const where = failure.node ? (ownerOf(nodes, failure.node)?.title ?? failure.class_id ?? failure.node) : null;
  const traceback = failure.traceback ?? [];
  return (
    <Alert
      role="alert"
      color="red"
      className={classes.report}
      icon={<IconAlertTriangle aria-hidden />}
      title={where === null ? en.failure.inRun : en.failure.inNode(where)}
    >
      <Stack gap="sm">
        <Text className={classes.message}>{failure.message}</Text>
        {!failure.user_error && traceback.length > 0 && (
          <>
            <Text size="sm" c="dimmed">
              {en.failure.defect}
            </Text>
            <details>
              <summary>{en.failure.details}</summary>
              <Code block mt="xs" className={classes.traceback} tabIndex={0}>
                {traceback.join("")}
              </Code>
            </details>
          </>
        )}
      </Stack>
    </Alert>
  );
}
