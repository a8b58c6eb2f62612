/**
 * A number: drag it, click its ends, use the arrow keys, or type a sum. A slider is a row that fills as far as its value
 * goes, and is dragged to where it shall be.
 */

import { useState, type CSSProperties, type KeyboardEvent, type PointerEvent } from "react";

import type { NumberSpec } from "../../classes/types";
import type { Json } from "../../document/json";
import { isOwn, Row } from "../Row";
import { newGesture, type WidgetProps } from "../props";
import { ControlTools } from "./ControlTools";
import { compare, fraction, fromJson, toNumber, ZERO, type Fraction } from "./fraction";
import { atShare, forWorkflow, shareOf, stepped, written } from "./limits";
import styles from "./NumberRow.module.css";
import { NumberTyping } from "./NumberTyping";
import { holdStep } from "./repeat";
import { Scrub, SLOP } from "./scrub";

/** The width of the ends that step down and up. */
const END = 18;

export function NumberRow(props: WidgetProps<NumberSpec>) {
  const { spec, label, tooltip, value, now, linked, onChange, control } = props;
  /** What typing begins with: the value that is there, or a letter that was typed. Null while nobody types. */
  const [typing, setTyping] = useState<{ readonly text: string; readonly typed: boolean } | null>(null);
  const [back, setBack] = useState(false);
  const numberIn = (json: Json): Fraction => fromJson(json) ?? fromJson(spec.default) ?? ZERO;
  const known = numberIn(value);
  const text = written(spec, value);

  const set = (next: Fraction, gesture?: string): void => {
    onChange(forWorkflow(spec, next), gesture);
  };

  if (typing !== null && !linked) {
    return (
      <NumberTyping
        spec={spec}
        label={label}
        {...typing}
        onDone={(next, byKey) => {
          if (next !== null && compare(next, numberIn(now())) !== 0) set(next);
          setTyping(null);
          setBack(byKey);
        }}
      />
    );
  }

  const onPointerDown = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.button !== 0 || linked || !isOwn(event)) return;
    const row = event.currentTarget;
    const end = spec.slider ? 0 : endAt(row, event.clientX);
    if (end !== 0)
      holdStep(row, event.pointerId, numberIn(now()), (from) => stepped(spec, from, fraction(BigInt(end))), set);
    else
      follow(row, event, spec, numberIn(now()), set, () => {
        setTyping({ text: written(spec, now()), typed: false });
      });
  };

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    if (linked || event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const steps = stepsOf(event.key) * (event.shiftKey ? 10 : 1);
    const limit = event.key === "Home" ? spec.min : event.key === "End" ? spec.max : null;
    const bound = fromJson(limit ?? undefined);
    if (steps !== 0) set(stepped(spec, numberIn(now()), fraction(BigInt(steps))), `keys:${label}`);
    else if (bound !== undefined && !spec.seed) set(bound);
    else if (event.key === "Enter") setTyping({ text: written(spec, now()), typed: false });
    else if (/^[-\d.(]$/.test(event.key)) setTyping({ text: event.key, typed: true });
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const share = spec.slider ? shareOf(spec, known) : null;
  return (
    <Row
      role="spinbutton"
      label={label}
      tooltip={tooltip}
      value={text}
      text={text}
      linked={linked}
      takeFocus={back}
      className={`${styles.number} ${share === null ? "" : styles.slider}`}
      style={share === null ? undefined : ({ "--share": `${share * 100}%` } as CSSProperties)}
      aria-valuenow={toNumber(known)}
      aria-valuetext={text}
      aria-valuemin={numberOf(spec.min)}
      aria-valuemax={numberOf(spec.max)}
      onPointerDown={onPointerDown}
      onKeyDown={onKeyDown}
      tools={
        control && (
          <ControlTools
            label={label}
            linked={linked}
            control={control}
            onControl={props.onControl}
            seed={spec.seed ? { spec, lastUsed: props.lastUsed, onValue: set } : undefined}
          />
        )
      }
    />
  );
}

/** Follow the pointer until it is let go: a drag changes the value, a click begins typing. */
function follow(
  row: HTMLElement,
  { pointerId, clientX: start }: PointerEvent,
  spec: NumberSpec,
  from: Fraction,
  set: (value: Fraction, gesture: string) => void,
  onClick: () => void,
): void {
  const gesture = newGesture();
  const scrub = new Scrub(spec, from);
  const over = new AbortController();
  const { left, width } = row.getBoundingClientRect();
  let at = start;
  let dragged = false;
  let last = from;
  row.setPointerCapture(pointerId);
  const to = (value: Fraction): void => {
    if (compare(value, last) === 0) return;
    last = value;
    set(value, gesture);
  };
  const options = { signal: over.signal };
  row.addEventListener(
    "pointermove",
    ({ clientX, shiftKey, ctrlKey, metaKey }) => {
      if (!dragged && Math.abs(clientX - start) < SLOP) return;
      dragged = true;
      if (spec.slider && !shiftKey) to(atShare(spec, (clientX - left) / width));
      else to(scrub.move(clientX - at, { fine: shiftKey, coarse: ctrlKey || metaKey }));
      at = clientX;
    },
    options,
  );
  row.addEventListener(
    "pointerup",
    () => {
      over.abort();
      if (!dragged) onClick();
    },
    options,
  );
  row.addEventListener(
    "lostpointercapture",
    () => {
      over.abort();
    },
    options,
  );
}

/** −1 over the row's left end, 1 over the right end of its value, else 0. */
function endAt(row: HTMLElement, x: number): number {
  const { left, width } = row.getBoundingClientRect();
  const scale = width / row.offsetWidth;
  const value = row.querySelector("[data-part=value]");
  if (x < left + END * scale) return -1;
  return value && x > value.getBoundingClientRect().right - END * scale ? 1 : 0;
}

function stepsOf(key: string): number {
  if (key === "ArrowUp" || key === "ArrowRight") return 1;
  if (key === "ArrowDown" || key === "ArrowLeft") return -1;
  return key === "PageUp" ? 10 : key === "PageDown" ? -10 : 0;
}

const numberOf = (limit: NumberSpec["min"]): number | undefined => {
  const known = fromJson(limit ?? undefined);
  return known && toNumber(known);
};
