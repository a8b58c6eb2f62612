/** How the picture in the viewer was made: in words, and the workflow itself. */

import { ActionIcon, Button, Code, Loader, Text, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy, IconSitemap } from "@tabler/icons-react";

import { Copying } from "../../commands/Copying";
import { useApp } from "../../editor/app";
import { openFile } from "../../files/open";
import { useStrings } from "../../i18n/language";
import type { Picture } from "../../state/run";
import { useMadeWith, type MadeWith } from "./made-with";
import classes from "./Viewer.module.css";

/** Of the raw workflow, so many characters are shown; all of it is copied. */
const SHOWN = 20_000;

export function FactsPanel({ picture, size, onLeave }: { picture: Picture; size: string | null; onLeave: () => void }) {
  const { viewer: words } = useStrings().run;
  const asked = useMadeWith(picture);
  return (
    <aside className={classes.facts} aria-label={words.facts}>
      <dl className={classes.list}>
        <Fact name={words.file} value={[picture.subfolder, picture.filename].filter(Boolean).join("/")} />
        {size !== null && <Fact name={words.size} value={size} />}
      </dl>
      {asked.state === "loading" && <Loader size="xs" type="dots" aria-label={words.loading} />}
      {asked.state === "failed" && <Text size="sm">{words.unreadable}</Text>}
      {asked.state === "known" && asked.madeWith === null && <Text size="sm">{words.carriesNothing}</Text>}
      {asked.state === "known" && asked.madeWith !== null && <Made with={asked.madeWith} onLeave={onLeave} />}
    </aside>
  );
}

function Made({ with: { file, embedded, facts }, onLeave }: { with: MadeWith; onLeave: () => void }) {
  const app = useApp();
  const { viewer: words } = useStrings().run;
  const raw = embedded.workflow ?? embedded.prompt ?? "";
  return (
    <>
      {facts && (
        <dl className={classes.list}>
          {facts.positive.map((text) => (
            <Fact key={text} name={words.positive} value={text} copied />
          ))}
          {facts.negative.map((text) => (
            <Fact key={text} name={words.negative} value={text} copied />
          ))}
          {facts.models.map((name) => (
            <Fact key={name} name={words.model} value={name} />
          ))}
          {facts.settings.map(([name, values]) => (
            <Fact key={name} name={words.settings[name]} value={values.join(", ")} copied={name === "seed"} />
          ))}
        </dl>
      )}
      <Button
        variant="default"
        leftSection={<IconSitemap size={17} stroke={1.6} aria-hidden />}
        onClick={() => {
          onLeave();
          void openFile(app, file);
        }}
      >
        {words.openWorkflow}
      </Button>
      <details className={classes.raw}>
        <summary>{words.raw}</summary>
        <div className={classes.copyRaw}>
          <Copy value={raw} label={words.copyRaw} />
        </div>
        <Code block tabIndex={0}>
          {raw.length > SHOWN ? `${raw.slice(0, SHOWN)}…` : raw}
        </Code>
      </details>
    </>
  );
}

function Fact({ name, value, copied = false }: { name: string; value: string; copied?: boolean }) {
  const { viewer: words } = useStrings().run;
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd>
        <span>{value}</span>
        {copied && <Copy value={value} label={words.copy(name)} />}
      </dd>
    </div>
  );
}

function Copy({ value, label }: { value: string; label: string }) {
  const { viewer: words } = useStrings().run;
  return (
    <Copying value={value}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? words.copied : label}>
          <ActionIcon size="md" variant="subtle" color="gray" aria-label={label} onClick={copy}>
            {copied ? <IconCheck size={15} aria-hidden /> : <IconCopy size={15} aria-hidden />}
          </ActionIcon>
        </Tooltip>
      )}
    </Copying>
  );
}
