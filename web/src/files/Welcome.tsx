/** What stands in the canvas's place while no workflow is open. */

import { Button, FileButton, Group, Stack, Text, Title } from "@mantine/core";
import { IconFolderOpen, IconPlus } from "@tabler/icons-react";
import { useStore } from "zustand";

import { useApp } from "../editor/app";
import { useStrings } from "../i18n/language";
import { Gallery } from "./Gallery";
import { openFiles, ACCEPTED } from "./open-files";
import { newTab } from "./tabs";
import classes from "./Welcome.module.css";

export function Welcome() {
  const app = useApp();
  const { files: words } = useStrings();
  const begun = useStore(app.files, (files) => files.begun);
  if (!begun) return null; // a workflow is on its way
  return (
    <div className={classes.page}>
      <Stack className={classes.content} gap="lg">
        <div>
          <Title order={2} size="h3">
            {words.welcome.heading}
          </Title>
          <Text c="dimmed">{words.welcome.hint}</Text>
        </div>
        <Group>
          <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => newTab(app)}>
            {words.tabs.add}
          </Button>
          <FileButton multiple accept={ACCEPTED} onChange={(chosen) => void openFiles(app, chosen)}>
            {(props) => (
              <Button {...props} variant="default" leftSection={<IconFolderOpen size={18} aria-hidden />}>
                {words.openDialog.fromComputer}
              </Button>
            )}
          </FileButton>
        </Group>
        <Title order={3} size="sm">
          {words.gallery.heading}
        </Title>
        <Gallery />
      </Stack>
    </div>
  );
}
