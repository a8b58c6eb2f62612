/**
 * What to do first, until this server has made a picture. Who has seen one needs no telling, nor who has a workflow of
 * their own before them.
 */

import { CloseButton, Paper, Text } from "@mantine/core";
import { useEffect, useState } from "react";

import { fetchEnded } from "../client/http";
import { useActiveTab } from "../editor/app";
import { useStrings } from "../i18n/language";
import { useRuns } from "../state/runs";
import { useServer } from "../state/server";
import classes from "./FirstRunHint.module.css";

export function FirstRunHint() {
  const { firstRun: words } = useStrings().shell;
  const link = useServer((server) => server.link);
  const tab = useActiveTab();
  const made = useRuns(({ runs }) => [...runs.values()].some(({ phase }) => phase === "done"));
  const [isNew, setNew] = useState(false);
  useEffect(() => {
    if (link !== "open") return;
    const asking = new AbortController();
    void fetchEnded({ search: "", limit: 20 }, asking.signal).then((ended) => {
      if (ended) setNew(!ended.jobs.some(({ state }) => state === "done"));
    });
    return () => {
      asking.abort();
    };
  }, [link]);
  if (!isNew || made || tab?.file !== null) return null;
  return (
    <Paper component="aside" aria-label={words.label} shadow="md" withBorder className={classes.hint}>
      <div>
        <Text size="sm" fw={600}>
          {words.title}
        </Text>
        <Text size="sm" c="dimmed">
          {words.more}
        </Text>
      </div>
      <CloseButton
        size={36}
        iconSize={18}
        aria-label={words.dismiss}
        onClick={() => {
          setNew(false);
        }}
      />
    </Paper>
  );
}
