/** Everything that can be done, by name: commands, and what can be opened or put onto the canvas. */

import { Text } from "@mantine/core";
import { useEffect, useMemo, useState } from "react";
import { useStore } from "zustand";

import { useApp } from "../editor/app";
import { fetchExamples } from "../files/examples";
import { refreshListing } from "../files/listing";
import { useLanguage, useStrings } from "../i18n/language";
import type { Command } from "./command";
import { entriesOf, type Entry } from "./entries";
import { chose, foremost, habitsOf } from "./habits";
import { Keys } from "./Keys";
import { PaletteFrame } from "./PaletteFrame";
import { Picker, type PickerGroup } from "./Picker";
import { find } from "./search";
import classes from "./CommandPalette.module.css";

const RECENT = 6;
const FOUND = 60;

export function CommandPalette({ commands }: { commands: readonly Command[] }) {
  const { ui } = useApp();
  const { palette } = useStrings().commands;
  const opened = useStore(ui, ({ dialog }) => dialog?.kind === "commands");
  const close = (): void => {
    ui.setState({ dialog: null });
  };
  return (
    <PaletteFrame label={palette.label} opened={opened} onClose={close}>
      <Choice commands={commands} onClose={close} />
    </PaletteFrame>
  );
}

function Choice({ commands, onClose }: { commands: readonly Command[]; onClose: () => void }) {
  const app = useApp();
  const strings = useStrings();
  const { palette, groups: names } = strings.commands;
  const language = useLanguage((state) => state.language);
  const [query, setQuery] = useState("");
  const [examples, setExamples] = useState<readonly string[]>([]);
  useEffect(() => {
    void fetchExamples().then(setExamples);
    void refreshListing(app);
  }, [app]);
  const listing = useStore(app.files, (files) => files.listing);
  const entries = useMemo(
    () => entriesOf(app, commands, listing ?? [], examples, language),
    [app, commands, listing, examples, language],
  );

  const searching = query.trim() !== "";
  const groups = useMemo((): PickerGroup<Entry>[] => {
    if (searching) return [{ name: null, items: find(entries, query, FOUND) }];
    const recent = foremost(habitsOf("commands"), RECENT).flatMap((id) => entries.filter((entry) => entry.id === id));
    const others = entries.filter((entry) => entry.group !== "nodes" && !recent.includes(entry));
    const inGroups = new Set(others.map(({ group }) => group));
    return [
      ...(recent.length > 0 ? [{ name: palette.recent, items: recent }] : []),
      ...Array.from(inGroups, (group) => ({
        name: names[group],
        items: others.filter((entry) => entry.group === group),
      })),
    ];
  }, [entries, query, searching, palette, names]);

  return (
    <Picker
      label={palette.label}
      placeholder={palette.placeholder}
      query={query}
      onQuery={setQuery}
      groups={groups}
      keyOf={({ id }) => id}
      isDisabled={({ enabled }) => !enabled}
      nothing={palette.nothing}
      onChoose={(entry) => {
        chose("commands", entry.id);
        onClose();
        entry.run();
      }}
    >
      {(entry) => (
        <>
          <span className={classes.label}>{entry.label}</span>
          {entry.checked && <span className={classes.on}>{palette.on}</span>}
          {searching && (
            <Text span size="xs" c="dimmed" className={classes.group}>
              {names[entry.group]}
            </Text>
          )}
          {entry.keys !== null && <Keys of={entry.keys} />}
        </>
      )}
    </Picker>
  );
}
