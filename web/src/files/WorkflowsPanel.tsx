/** The panel of the user's workflows: a tree of folders, what was deleted, and the gallery. */

import { ActionIcon, Divider, ScrollArea, Text, TextInput, Title, Tooltip } from "@mantine/core";
import { IconFolderOpen, IconFolderPlus, IconRefresh, IconSearch } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useStore } from "zustand";

import { useApp } from "../editor/app";
import { useStrings } from "../i18n/language";
import { SidePanel } from "../shell/SidePanel";
import { useServer } from "../state/server";
import { DeletedWorkflows } from "./DeletedWorkflows";
import { Gallery } from "./Gallery";
import { refreshListing } from "./listing";
import { newFolder, openSaved } from "./manage";
import { NameField } from "./NameField";
import { found } from "./search";
import { WorkflowRow } from "./WorkflowRow";
import { WorkflowTree } from "./WorkflowTree";
import classes from "./WorkflowsPanel.module.css";

export function WorkflowsPanel() {
  const app = useApp();
  const { files: words } = useStrings();
  const listing = useStore(app.files, (files) => files.listing);
  const link = useServer((server) => server.link);
  const [query, setQuery] = useState("");
  const [naming, setNaming] = useState(false);
  useEffect(() => void refreshListing(app), [app, link]);
  const searching = query.trim() !== "";

  return (
    <SidePanel
      title={words.panel.heading}
      actions={
        <>
          <PanelButton
            label={words.openDialog.heading}
            icon={<IconFolderOpen size={18} stroke={1.6} aria-hidden />}
            onClick={() => {
              app.ui.setState({ dialog: { kind: "open" } });
            }}
          />
          <PanelButton
            label={words.menu.newFolder}
            icon={<IconFolderPlus size={18} stroke={1.6} aria-hidden />}
            onClick={() => {
              setNaming(true);
            }}
          />
          <PanelButton
            label={words.panel.refresh}
            icon={<IconRefresh size={18} stroke={1.6} aria-hidden />}
            onClick={() => void refreshListing(app)}
          />
        </>
      }
    >
      <TextInput
        className={classes.search}
        size="sm"
        aria-label={words.panel.search}
        placeholder={words.panel.search}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={query}
        onChange={(event) => {
          setQuery(event.currentTarget.value);
        }}
      />
      <ScrollArea className={classes.scroll} type="auto" viewportProps={{ tabIndex: 0 }}>
        {naming && (
          <div className={classes.naming}>
            <NameField
              label={words.panel.folderName}
              value={words.menu.newFolder}
              keepsValue
              onDone={(name) => {
                setNaming(false);
                if (name !== null) void newFolder(app, name);
              }}
            />
          </div>
        )}
        {searching ? (
          <Found query={query} />
        ) : listing !== null && listing.length === 0 ? (
          <Text size="sm" c="dimmed" px="sm" py="xs">
            {words.panel.empty}
          </Text>
        ) : (
          <WorkflowTree listing={listing ?? []} />
        )}
        {!searching && (
          <>
            <DeletedWorkflows />
            <Divider my="sm" />
            <div className={classes.gallery}>
              <Title order={3} size="xs" mb="xs">
                {words.gallery.heading}
              </Title>
              <Gallery compact />
            </div>
          </>
        )}
      </ScrollArea>
    </SidePanel>
  );
}

function Found({ query }: { readonly query: string }) {
  const app = useApp();
  const { files: words } = useStrings();
  const listing = useStore(app.files, (files) => files.listing) ?? [];
  const entries = found(listing, query);
  if (entries.length === 0) {
    return (
      <Text size="sm" c="dimmed" px="sm" py="xs">
        {words.panel.noneFound}
      </Text>
    );
  }
  return (
    <ul className={classes.found} aria-label={words.panel.found}>
      {entries.map((entry) => (
        <li key={entry.path}>
          <WorkflowRow entry={entry} withFolder onOpen={() => void openSaved(app, entry.path)} />
        </li>
      ))}
    </ul>
  );
}

interface PanelButtonProps {
  readonly label: string;
  readonly icon: React.ReactNode;
  readonly onClick: () => void;
}

function PanelButton({ label, icon, onClick }: PanelButtonProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" size={36} aria-label={label} onClick={onClick}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
