/** What a mask is painted with. */

import { ActionIcon, Button, Group, SegmentedControl, Slider, Stack, Text, Tooltip } from "@mantine/core";
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconBlur,
  IconBrush,
  IconBucketDroplet,
  IconContrast,
  IconEraser,
  IconTrash,
} from "@tabler/icons-react";
import { useState, type ComponentType } from "react";
import { useStore } from "zustand";

import { useStrings } from "../../i18n/language";
import styles from "./Mask.module.css";
import { LARGEST, SMALLEST, type MaskSession } from "./session";

export function MaskTools({ session }: { readonly session: MaskSession }) {
  const words = useStrings().widgets.mask;
  const { brush, undoable, redoable } = useStore(session.state);
  const [feather, setFeather] = useState(8);
  return (
    <Stack className={styles.tools} gap="sm">
      <SegmentedControl
        fullWidth
        aria-label={words.tool}
        value={brush.erases ? "eraser" : "brush"}
        onChange={(tool) => {
          session.take({ erases: tool === "eraser" });
        }}
        data={[
          { value: "brush", label: <Labelled icon={IconBrush} label={words.brush} /> },
          { value: "eraser", label: <Labelled icon={IconEraser} label={words.eraser} /> },
        ]}
      />
      <Amount
        label={words.size}
        shown={`${brush.radius * 2} px`}
        value={brush.radius}
        min={SMALLEST}
        max={LARGEST}
        onChange={(radius) => {
          session.take({ radius });
        }}
      />
      <Amount
        label={words.hardness}
        shown={`${Math.round(brush.hardness * 100)} %`}
        value={Math.round(brush.hardness * 100)}
        min={0}
        max={100}
        onChange={(percent) => {
          session.take({ hardness: percent / 100 });
        }}
      />
      <Amount
        label={words.opacity}
        shown={`${Math.round(brush.opacity * 100)} %`}
        value={Math.round(brush.opacity * 100)}
        min={1}
        max={100}
        onChange={(percent) => {
          session.take({ opacity: percent / 100 });
        }}
      />
      <Group grow gap="xs">
        <Action
          icon={IconArrowBackUp}
          label={words.undo}
          keys="Ctrl+Z"
          disabled={!undoable}
          onClick={() => {
            session.undo();
          }}
        />
        <Action
          icon={IconArrowForwardUp}
          label={words.redo}
          keys="Ctrl+Y"
          disabled={!redoable}
          onClick={() => {
            session.redo();
          }}
        />
      </Group>
      <Group grow gap="xs">
        <Action
          icon={IconBucketDroplet}
          label={words.fill}
          onClick={() => {
            session.fill();
          }}
        />
        <Action
          icon={IconContrast}
          label={words.invert}
          keys="I"
          onClick={() => {
            session.invert();
          }}
        />
        <Action
          icon={IconTrash}
          label={words.clear}
          onClick={() => {
            session.clear();
          }}
        />
      </Group>
      <Amount label={words.featherBy} shown={`${feather} px`} value={feather} min={1} max={100} onChange={setFeather} />
      <Button
        variant="default"
        size="xs"
        leftSection={<IconBlur size={16} />}
        onClick={() => {
          session.feather(feather);
        }}
      >
        {words.feather}
      </Button>
      <Text id="mask-keys" size="xs" c="dimmed" className={styles.keys}>
        {words.keys}
      </Text>
    </Stack>
  );
}

type Icon = ComponentType<{ readonly size: number }>;

function Labelled({ icon: Icon, label }: { readonly icon: Icon; readonly label: string }) {
  return (
    <Group gap={6} justify="center" wrap="nowrap">
      <Icon size={16} />
      <span>{label}</span>
    </Group>
  );
}

interface AmountProps {
  readonly label: string;
  readonly shown: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly onChange: (value: number) => void;
}

function Amount({ label, shown, ...slider }: AmountProps) {
  return (
    <div>
      <Group justify="space-between" gap="xs">
        <Text size="sm">{label}</Text>
        <Text size="sm" c="dimmed">
          {shown}
        </Text>
      </Group>
      <Slider {...slider} size="sm" label={null} thumbLabel={label} />
    </div>
  );
}

interface ActionProps {
  readonly icon: Icon;
  readonly label: string;
  readonly keys?: string;
  readonly disabled?: boolean;
  readonly onClick: () => void;
}

function Action({ icon: Icon, label, keys, disabled = false, onClick }: ActionProps) {
  return (
    <Tooltip label={keys === undefined ? label : `${label} (${keys})`} openDelay={400}>
      <ActionIcon variant="default" size="lg" aria-label={label} disabled={disabled} onClick={onClick}>
        <Icon size={18} />
      </ActionIcon>
    </Tooltip>
  );
}
