/** What a person can set for good. Each setting takes effect at once. Comes in a chunk of its own. */

import { Radio, SegmentedControl, Stack, Switch, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

import { useApp, useSettings } from "../editor/app";
import type { Settings } from "../editor/settings";
import { useStrings } from "../i18n/language";
import { LANGUAGES } from "../i18n/strings";
import classes from "./SettingsDialog.module.css";

export default function SettingsForm() {
  const { settings: store } = useApp();
  const { shell } = useStrings();
  const { settings: words } = shell;
  const settings = useSettings((all) => all);
  const set = (change: Partial<Settings>): void => {
    store.setState(change);
  };
  return (
    <Stack gap="lg">
      <Section title={words.look}>
        <Row label={shell.theme.label}>
          <SegmentedControl
            aria-label={shell.theme.label}
            data={(["auto", "light", "dark"] as const).map((value) => ({ value, label: shell.theme.options[value] }))}
            value={settings.theme}
            onChange={(theme) => {
              set({ theme });
            }}
          />
        </Row>
        <Row label={shell.language.label}>
          <SegmentedControl
            aria-label={shell.language.label}
            data={[
              { value: "auto" as const, label: shell.language.auto },
              ...Object.entries(LANGUAGES).map(([value, label]) => ({ value: value as keyof typeof LANGUAGES, label })),
            ]}
            value={settings.language}
            onChange={(language) => {
              set({ language });
            }}
          />
        </Row>
      </Section>
      <Section title={words.canvas}>
        <Radio.Group
          label={words.leftDrag}
          description={words.leftDragHint}
          value={settings.leftDrag}
          onChange={(leftDrag) => {
            set({ leftDrag: leftDrag });
          }}
        >
          <Stack gap="xs" mt="xs">
            <Radio value="pan" label={words.leftDragOptions.pan} />
            <Radio value="select" label={words.leftDragOptions.select} />
          </Stack>
        </Radio.Group>
        <Toggle name="snap" />
        <Toggle name="minimap" />
      </Section>
      <Section title={words.runs}>
        <Toggle name="previews" />
      </Section>
      <Section title={words.files}>
        <Toggle name="autosave" hint={words.autosaveHint} />
      </Section>
      <Text size="xs" c="dimmed">
        {words.kept}
      </Text>
    </Stack>
  );
}

function Toggle({ name, hint }: { name: "snap" | "minimap" | "previews" | "autosave"; hint?: string }) {
  const { settings: store } = useApp();
  const { settings: words } = useStrings().shell;
  const checked = useSettings((settings) => settings[name]);
  return (
    <Switch
      label={words[name]}
      description={hint}
      checked={checked}
      onChange={(event) => {
        store.setState({ [name]: event.currentTarget.checked });
      }}
    />
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Stack component="section" gap="sm">
      <Title order={3} size="sm">
        {title}
      </Title>
      {children}
    </Stack>
  );
}

function Row({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className={classes.row}>
      <Text size="sm">{label}</Text>
      {children}
    </div>
  );
}
