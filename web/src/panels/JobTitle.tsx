/** What a job is called, and whether this page asked for it: a click shows the tab it came from. */

import { Text, UnstyledButton } from "@mantine/core";
import { useStore } from "zustand";

import { useApp } from "../editor/app";
import { showTab } from "../editor/workspace";
import { useStrings } from "../i18n/language";
import classes from "./QueuePanel.module.css";

export function JobTitle({ job, title }: { job: string; title: string | undefined }) {
  const { workspace } = useApp();
  const { queuePanel: words } = useStrings().run;
  const tab = useStore(workspace, ({ tabs }) => tabs.find(({ jobs }) => jobs.includes(job)));
  if (!tab) {
    return (
      <Text size="sm" truncate="end" title={job}>
        {title ?? words.untitled}
        <Text span size="xs" c="dimmed">
          {` · ${words.elsewhere}`}
        </Text>
      </Text>
    );
  }
  return (
    <UnstyledButton
      className={classes.title}
      title={words.showTab}
      onClick={() => {
        showTab(workspace, tab.id);
      }}
    >
      {title ?? tab.title}
    </UnstyledButton>
  );
}
