/** A text of one line: a row, and an input while it is edited. */

import { useState, type KeyboardEvent } from "react";

import type { TextSpec } from "../../classes/types";
import { textOf } from "../choice/options";
import { isOwn, Row } from "../Row";
import rowStyles from "../Row.module.css";
import { newGesture, type WidgetProps } from "../props";
import { useTyped } from "./typed";

export function LineText(props: WidgetProps<TextSpec>) {
  const { spec, label, tooltip, value, linked } = props;
  /** What names this stay in the text; null while nobody edits. */
  const [gesture, setGesture] = useState<string | null>(null);
  const [back, setBack] = useState(false);
  const text = textOf(value);

  const begin = (): void => {
    if (!linked) setGesture(newGesture());
  };

  if (gesture === null || linked) {
    return (
      <Row
        role="textbox"
        label={label}
        tooltip={tooltip}
        value={text === "" ? spec.placeholder : text}
        text={text}
        linked={linked}
        takeFocus={back}
        aria-readonly={linked}
        onClick={(event) => {
          if (isOwn(event)) begin();
        }}
        onKeyDown={(event) => {
          if (event.key !== "Enter" && event.key !== "F2") return;
          if (event.ctrlKey || event.metaKey) return;
          event.preventDefault();
          event.stopPropagation();
          begin();
        }}
      />
    );
  }

  return (
    <Typing
      {...props}
      text={text}
      gesture={gesture}
      onLeave={(byKey) => {
        setBack(byKey);
        setGesture(null);
      }}
    />
  );
}

interface TypingProps extends WidgetProps<TextSpec> {
  readonly text: string;
  readonly gesture: string;
  readonly onLeave: (byKey: boolean) => void;
}

function Typing({ spec, label, text, gesture, onChange, onLeave }: TypingProps) {
  const { field, typed } = useTyped<HTMLInputElement>(text);
  const [before] = useState(text);

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key === "Escape") onChange(before, gesture);
    if (event.key === "Escape" || event.key === "Enter") onLeave(true);
    if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
  };

  return (
    <div className={`${rowStyles.row} nopan nowheel`} data-widget="">
      <span className={rowStyles.label}>{label}</span>
      <input
        ref={field}
        className={rowStyles.input}
        data-start=""
        aria-label={label}
        placeholder={spec.placeholder}
        spellCheck={false}
        autoComplete="off"
        autoFocus
        defaultValue={text}
        onChange={(event) => {
          typed(event.currentTarget.value);
          onChange(event.currentTarget.value, gesture);
        }}
        onKeyDown={onKeyDown}
        onBlur={() => {
          onLeave(false);
        }}
      />
    </div>
  );
}
