/** Opens a workflow of the user's by its name, one from this computer, or one that is pasted as text. */

import { Button, FileButton, Group, NavLink, ScrollArea, Stack, Text, TextInput } from "@mantine/core";
import { IconFolderOpen, IconSearch } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useStore } from "zustand";

import { useApp } from "../../editor/app";
import { useLanguage, useStrings } from "../../i18n/language";
import { refreshListing } from "../listing";
import { openSaved } from "../manage";
import { momentOf } from "../moments";
import { openText } from "../open";
import { ACCEPTED, openFiles } from "../open-files";
import { folderOf, titleOf } from "../paths";
import { found, latestFirst } from "../search";

export interface OpenWorkflowProps {
  readonly onDone: () => void;
}

export default function OpenWorkflow({ onDone }: OpenWorkflowProps) {
  const app = useApp();
  const { files: words } = useStrings();
  const language = useLanguage((state) => state.language);
  const [query, setQuery] = useState("");
  const listing = useStore(app.files, (files) => files.listing);
  useEffect(() => void refreshListing(app), [app]);
  const shown = query.trim() === "" ? latestFirst(listing ?? []) : found(listing ?? [], query);
  const [first] = shown;

  const open = (path: string): void => {
    onDone();
    void openSaved(app, path);
  };

  return (
    <Stack>
      <TextInput
        aria-label={words.openDialog.search}
        placeholder={words.openDialog.search}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={query}
        autoFocus
        data-autofocus
        onChange={(event) => {
          setQuery(event.currentTarget.value);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter" && first && !event.nativeEvent.isComposing) open(first.path);
        }}
        onPaste={(event) => {
          const text = event.clipboardData.getData("text/plain");
          if (!text.trimStart().startsWith("{")) return;
          event.preventDefault();
          onDone();
          void openText(app, words.openDialog.pasted, text);
        }}
      />
      <ScrollArea.Autosize mah="45vh" type="auto">
        {shown.map(({ path, modified }) => (
          <NavLink
            key={path}
            component="button"
            label={titleOf(path)}
            description={[folderOf(path), momentOf(modified, language)].filter(Boolean).join(" · ")}
            onClick={() => {
              open(path);
            }}
          />
        ))}
        {listing !== null && shown.length === 0 && (
          <Text size="sm" c="dimmed" py="xs">
            {query.trim() === "" ? words.panel.empty : words.panel.noneFound}
          </Text>
        )}
      </ScrollArea.Autosize>
      <Group justify="space-between">
        <Button
          variant="subtle"
          onClick={() => {
            app.ui.setState({ dialog: { kind: "gallery" } });
          }}
        >
          {words.gallery.heading}
        </Button>
        <FileButton
          multiple
          accept={ACCEPTED}
          inputProps={{ "aria-label": words.openDialog.fromComputer }}
          onChange={(chosen) => {
            onDone();
            void openFiles(app, chosen);
          }}
        >
          {(props) => (
            <Button {...props} leftSection={<IconFolderOpen size={18} aria-hidden />}>
              {words.openDialog.fromComputer}
            </Button>
          )}
        </FileButton>
      </Group>
      <Text size="xs" c="dimmed">
        {words.openDialog.hint}
      </Text>
    </Stack>
  );
}
