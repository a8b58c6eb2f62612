/** What a workflow asks for that is not there: which classes, models and pictures, where, and what can be done. */

import { ActionIcon, Anchor, Code, Group, Loader, Stack, Text, Title, Tooltip, UnstyledButton } from "@mantine/core";
import { IconCheck, IconCopy, IconFocus2 } from "@tabler/icons-react";
import type { ReactNode } from "react";

import type { MissingClass, MissingFile, NodePlace, WrongValue } from "../../classes/missing";
import { adviceOn, problemWords } from "../../classes/missing-words";
import { Copying } from "../../commands/Copying";
import { useApp } from "../../editor/app";
import { useStrings } from "../../i18n/language";
import { showPlace } from "../../find/show-place";
import { tabOf } from "../save";
import { useMissing } from "../use-missing";
import classes from "./MissingReport.module.css";

export interface MissingReportProps {
  readonly tab: string;
  readonly onDone: () => void;
}

export default function MissingReport({ tab, onDone }: MissingReportProps) {
  const app = useApp();
  const { files: words } = useStrings();
  const missing = useMissing(tabOf(app, tab)?.editor);

  if (missing === null) return <Loader size="sm" />;
  const { classes: unknown, files, values } = missing;
  if (unknown.length + files.length + values.length === 0) return <Text size="sm">{words.missing.nothing}</Text>;
  const show = ({ path, key }: NodePlace): void => {
    const surface = app.surface.getState();
    onDone();
    if (surface) showPlace(surface, path, key);
  };
  return (
    <Stack gap="lg">
      <Text size="sm" c="dimmed">
        {words.missing.hint}
      </Text>
      {unknown.length > 0 && (
        <Section title={words.missing.classes}>
          {unknown.map((lacking) => (
            <ClassItem key={lacking.id} {...lacking} onShow={show} />
          ))}
        </Section>
      )}
      {files.length > 0 && (
        <Section title={words.missing.files}>
          {files.map((lacking) => (
            <FileItem key={lacking.name} {...lacking} onShow={show} />
          ))}
        </Section>
      )}
      {values.length > 0 && (
        <Section title={words.missing.values}>
          {values.map((wrong) => (
            <ValueItem key={`${wrong.key} ${wrong.widget}`} wrong={wrong} onShow={show} />
          ))}
        </Section>
      )}
    </Stack>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section>
      <Title order={3} size="sm" mb="xs">
        {title}
      </Title>
      <ul className={classes.items}>{children}</ul>
    </section>
  );
}

interface Showing {
  readonly onShow: (place: NodePlace) => void;
}

function ClassItem({ id, pack, nodes, onShow }: MissingClass & Showing) {
  const strings = useStrings();
  const { files: words } = strings;
  return (
    <li className={classes.item}>
      <Text fw={600} size="sm" className={classes.name}>
        {id}
      </Text>
      <Text size="sm">{adviceOn(pack, strings)}</Text>
      {pack.kind === "pack" && pack.url !== null && (
        <Anchor size="sm" href={pack.url} target="_blank" rel="noreferrer">
          {words.missing.about(pack.name)}
        </Anchor>
      )}
      <Places places={nodes} onShow={onShow} />
    </li>
  );
}

function FileItem({ name, source, command, alike, upload, uses, onShow }: MissingFile & Showing) {
  const { files: words } = useStrings();
  return (
    <li className={classes.item}>
      <Text fw={600} size="sm" className={classes.name}>
        {name}
      </Text>
      {command !== null && (
        <>
          <Text size="sm">{words.missing.command}</Text>
          <Group gap="xs" wrap="nowrap">
            <Code className={classes.command}>{command}</Code>
            <Copy text={command} />
          </Group>
        </>
      )}
      {command === null && source !== null && (
        <Anchor size="sm" href={source.url} target="_blank" rel="noreferrer">
          {words.missing.download}
        </Anchor>
      )}
      {command === null && source === null && (
        <Text size="sm">{upload ? words.missing.upload : words.missing.noSource}</Text>
      )}
      {alike.length > 0 && <Text size="sm">{words.missing.alike(alike.join(", "))}</Text>}
      <Places places={uses} onShow={onShow} />
    </li>
  );
}

function ValueItem({ wrong, onShow }: { readonly wrong: WrongValue } & Showing) {
  const strings = useStrings();
  return (
    <li className={classes.item}>
      <Text size="sm">
        <b>{wrong.label}</b> {problemWords(wrong, strings)}
      </Text>
      <Places places={[wrong]} onShow={onShow} />
    </li>
  );
}

/** The nodes it is about, each to be shown on the canvas. */
function Places({ places, onShow }: { readonly places: readonly NodePlace[] } & Showing) {
  const { files: words } = useStrings();
  return (
    <Group gap={6} mt={4}>
      {places.map((place, index) => (
        <UnstyledButton
          key={index}
          className={classes.place}
          aria-label={words.missing.showNode(place.title)}
          onClick={() => {
            onShow(place);
          }}
        >
          <IconFocus2 size={14} aria-hidden />
          {place.title}
          {!place.runs && ` (${words.missing.idle})`}
        </UnstyledButton>
      ))}
    </Group>
  );
}

function Copy({ text }: { readonly text: string }) {
  const { files: words } = useStrings();
  return (
    <Copying value={text}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? words.missing.copied : words.missing.copy}>
          <ActionIcon
            variant="default"
            size={32}
            aria-label={copied ? words.missing.copied : words.missing.copy}
            onClick={copy}
          >
            {copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
          </ActionIcon>
        </Tooltip>
      )}
    </Copying>
  );
}
