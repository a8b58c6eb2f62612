/** All keys, by what they are for; searched by name or by key. */

import { Modal, ScrollArea, Text, TextInput, Title } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { useStore } from "zustand";

import { useApp } from "../editor/app";
import { useStrings } from "../i18n/language";
import { GROUPS, type Command } from "./command";
import { Keys } from "./Keys";
import { capsOf, isMac } from "./keys";
import classes from "./ShortcutSheet.module.css";

export function ShortcutSheet({ commands }: { commands: readonly Command[] }) {
  const { ui } = useApp();
  const { shell, commands: words } = useStrings();
  const { sheet } = words;
  const opened = useStore(ui, ({ dialog }) => dialog?.kind === "shortcuts");
  return (
    <Modal
      opened={opened}
      onClose={() => {
        ui.setState({ dialog: null });
      }}
      title={sheet.title}
      size="64rem"
      closeButtonProps={{ "aria-label": shell.close }}
      scrollAreaComponent={ScrollArea.Autosize}
      transitionProps={{ duration: 90 }}
    >
      <Sheet commands={commands} />
    </Modal>
  );
}

interface Row {
  readonly what: string;
  /** Each another way to do it. */
  readonly keys?: readonly string[];
  /** The same in words, where it takes more than keys. */
  readonly how?: string;
}

function Sheet({ commands }: { commands: readonly Command[] }) {
  const strings = useStrings();
  const { sheet, groups } = strings.commands;
  const [query, setQuery] = useState("");
  const all: readonly { readonly name: string; readonly rows: readonly Row[] }[] = [
    ...GROUPS.map((group) => ({
      name: groups[group],
      rows: commands
        .filter((command) => command.group === group && command.keys !== undefined)
        .map((command): Row => ({ what: command.label(strings), keys: command.keys ?? [] })),
    })),
    { name: sheet.pointer, rows: sheet.pointerRows },
    { name: sheet.texts, rows: sheet.textRows },
  ];
  const shown = all
    .map(({ name, rows }) => ({ name, rows: rows.filter((row) => fits(row, name, query)) }))
    .filter(({ rows }) => rows.length > 0);
  return (
    <>
      <TextInput
        data-autofocus
        mb="md"
        aria-label={sheet.search}
        placeholder={sheet.search}
        leftSection={<IconSearch size={17} stroke={1.6} aria-hidden />}
        value={query}
        onChange={(event) => {
          setQuery(event.currentTarget.value);
        }}
      />
      <div className={classes.sections}>
        {shown.map(({ name, rows }) => (
          <section key={name} className={classes.section} aria-label={name}>
            <Title order={3} size="sm" mb={6}>
              {name}
            </Title>
            <dl className={classes.rows}>
              {rows.map(({ what, keys = [], how }) => (
                <div key={what} className={classes.row}>
                  <dt>{what}</dt>
                  <dd>
                    {keys.map((one) => (
                      <Keys key={one} of={one} />
                    ))}
                    {how}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      {shown.length === 0 && (
        <Text c="dimmed" size="sm" ta="center" py="xl" role="status">
          {sheet.nothing}
        </Text>
      )}
    </>
  );
}

function fits({ what, keys = [], how = "" }: Row, section: string, query: string): boolean {
  const words = query.trim().toLowerCase();
  const caps = keys.map((one) => capsOf(one, isMac()).join("+"));
  return [what, section, how, ...caps].some((text) => text.toLowerCase().includes(words));
}
