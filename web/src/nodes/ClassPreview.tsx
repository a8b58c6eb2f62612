/** What a node of a class takes, makes, and is for. */

import { Badge, Group, Stack, Text } from "@mantine/core";

import { colourOfType, css } from "../canvas/colours";
import type { NodeClass } from "../classes/types";
import { useStrings } from "../i18n/language";
import classes from "./ClassPreview.module.css";

export function ClassPreview({ nodeClass }: { nodeClass: NodeClass }) {
  const { nodes: words } = useStrings().commands;
  const { title, id, category, description, inputs, outputs, deprecated, experimental, pack } = nodeClass;
  const linkable = inputs.filter(({ widget }) => widget === null);
  const settable = inputs.filter(({ widget }) => widget !== null);
  return (
    <Stack gap="sm" className={classes.preview}>
      <div>
        <Text fw={600}>{title}</Text>
        <Text size="xs" c="dimmed">
          {[...category].join(" › ")}
          {id !== title && ` · ${id}`}
        </Text>
      </div>
      {(deprecated || experimental) && (
        <Group gap="xs">
          {deprecated && <Badge variant="default">{words.deprecated}</Badge>}
          {experimental && <Badge variant="default">{words.experimental}</Badge>}
        </Group>
      )}
      {description !== "" && <Text size="sm">{description.replaceAll("`", "")}</Text>}
      <Sockets title={words.takes} sockets={linkable.map(({ label, type }) => ({ name: label, type }))} />
      <Sockets title={words.makes} sockets={outputs} />
      {settable.length > 0 && (
        <div>
          <Text size="xs" c="dimmed">
            {words.sets}
          </Text>
          <Text size="sm">{settable.map(({ label }) => label).join(", ")}</Text>
        </div>
      )}
      {!OWN.has(pack) && (
        <Text size="xs" c="dimmed">
          {words.from(pack)}
        </Text>
      )}
    </Stack>
  );
}

/** The classes that come with the server, and those that only the editor knows. */
const OWN: ReadonlySet<string> = new Set(["", "nodes", "editor"]);

function Sockets({ title, sockets }: { title: string; sockets: readonly { name: string; type: string }[] }) {
  if (sockets.length === 0) return null;
  return (
    <div>
      <Text size="xs" c="dimmed">
        {title}
      </Text>
      <ul className={classes.sockets}>
        {sockets.map(({ name, type }, place) => (
          <li key={place}>
            <TypeDot type={type} />
            <span>{name}</span>
            <span className={classes.type}>{type}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The dot of a socket, in the colour of what flows through it. */
export function TypeDot({ type }: { type: string }) {
  return <span className={classes.dot} style={{ backgroundColor: css(colourOfType(type)) }} aria-hidden />;
}
