/**
 * What becomes of a value after a run, and new seeds: two small buttons behind the value. Knows no runs; the value of
 * the last one is told.
 */

import { Menu, UnstyledButton } from "@mantine/core";
import {
  IconArrowBackUp,
  IconArrowsShuffle,
  IconCheck,
  IconDice5,
  IconLock,
  IconMinus,
  IconPlus,
} from "@tabler/icons-react";
import { useRef, useState } from "react";

import { CONTROLS, type Control, type NumberSpec } from "../../classes/types";
import type { Json } from "../../document/json";
import { useStrings } from "../../i18n/language";
import { newGesture } from "../props";
import { SEALED } from "../Beside";
import rowStyles from "../Row.module.css";
import { fromJson, toDecimal, type Fraction } from "./fraction";
import { randomSeed } from "./random";

const ICONS = { fixed: IconLock, increment: IconPlus, decrement: IconMinus, randomize: IconArrowsShuffle } as const;

interface ControlToolsProps {
  readonly label: string;
  readonly linked: boolean;
  readonly control: Control;
  readonly onControl: ((control: Control) => void) | undefined;
  /** For seeds: how new ones come to be. */
  readonly seed?: {
    readonly spec: NumberSpec;
    readonly lastUsed: (() => Promise<Json | null>) | undefined;
    readonly onValue: (value: Fraction, gesture: string) => void;
  };
}

export function ControlTools(props: ControlToolsProps) {
  const { label, linked, seed } = props;
  const { widgets: words } = useStrings();
  if (linked) return null;
  return (
    <>
      {seed && (
        <UnstyledButton
          className={rowStyles.tool}
          aria-label={words.seed.renew(label)}
          title={words.seed.random}
          onClick={() => {
            seed.onValue(randomSeed(seed.spec), newGesture());
          }}
        >
          <IconDice5 size={14} />
        </UnstyledButton>
      )}
      <ControlMenu {...props} />
    </>
  );
}

function ControlMenu({ label, control, onControl, seed }: ControlToolsProps) {
  const { widgets: words } = useStrings();
  const [used, setUsed] = useState(false);
  const [opened, setOpened] = useState(false);
  /** The seed of the last run, once it was asked for. */
  const [last, setLast] = useState<Fraction>();
  const Icon = ICONS[control];
  const target = useRef<HTMLButtonElement>(null);
  const change = (open: boolean): void => {
    setUsed(true);
    setOpened(open);
    if (!open) target.current?.focus({ preventScroll: true });
    else
      void seed?.lastUsed?.().then((value) => {
        setLast(fromJson(value ?? undefined));
      });
  };
  const button = (
    <UnstyledButton
      ref={target}
      className={rowStyles.tool}
      aria-label={words.control.of(label, words.control[control])}
      aria-haspopup="menu"
      aria-expanded={opened}
      title={words.control.says[control]}
      onClick={() => {
        change(!opened);
      }}
    >
      <Icon size={14} />
    </UnstyledButton>
  );
  if (!used) return button;
  return (
    <Menu opened={opened} onChange={change} position="bottom-end" clickOutsideCapture>
      <Menu.Target>{button}</Menu.Target>
      <Menu.Dropdown {...SEALED}>
        <Menu.Label>{words.control.title}</Menu.Label>
        {CONTROLS.map((choice) => {
          const ChoiceIcon = ICONS[choice];
          return (
            <Menu.Item
              key={choice}
              leftSection={<ChoiceIcon size={16} />}
              rightSection={choice === control ? <IconCheck size={16} /> : undefined}
              aria-current={choice === control || undefined}
              onClick={() => onControl?.(choice)}
            >
              {words.control[choice]}
            </Menu.Item>
          );
        })}
        {seed && (
          <>
            <Menu.Divider />
            <Menu.Item
              leftSection={<IconDice5 size={16} />}
              onClick={() => {
                seed.onValue(randomSeed(seed.spec), newGesture());
              }}
            >
              {words.seed.random}
            </Menu.Item>
            <Menu.Item
              leftSection={<IconArrowBackUp size={16} />}
              disabled={last === undefined}
              onClick={() => {
                if (last !== undefined) seed.onValue(last, newGesture());
              }}
            >
              {words.seed.last(last && toDecimal(last, 0))}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
