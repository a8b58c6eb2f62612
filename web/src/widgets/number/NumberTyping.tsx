/** A number while it is typed: it may be a sum. What the spec does not allow is said before it is put right. */

import { useRef, useState, type KeyboardEvent } from "react";

import type { NumberSpec } from "../../classes/types";
import { useStrings } from "../../i18n/language";
import rowStyles from "../Row.module.css";
import { evaluate } from "./arithmetic";
import type { Fraction } from "./fraction";
import { fit, forWorkflow, written } from "./limits";

interface NumberTypingProps {
  readonly spec: NumberSpec;
  readonly label: string;
  /** The value that was there, or the first letter of another one. */
  readonly text: string;
  readonly typed: boolean;
  /** `value` null: it is to stay as it was. `byKey`: the person is still at this row. */
  readonly onDone: (value: Fraction | null, byKey: boolean) => void;
}

export function NumberTyping({ spec, label, text: first, typed, onDone }: NumberTypingProps) {
  const { widgets: words } = useStrings();
  const [text, setText] = useState(first);
  // What has the focus and is taken away may lose it once more.
  const over = useRef(false);
  const asked = evaluate(text);
  const fitted = asked && fit(spec, asked);
  const note =
    fitted === undefined
      ? words.number.noNumber
      : fitted.because === null
        ? isPlain(text)
          ? null
          : words.number.comesTo(written(spec, forWorkflow(spec, fitted.value)))
        : words.number[fitted.because](written(spec, forWorkflow(spec, fitted.value)));

  const done = (value: Fraction | null, byKey: boolean): void => {
    if (over.current) return;
    over.current = true;
    onDone(value, byKey);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    // The page's own keys, such as Ctrl+Enter, find the number as it was typed.
    if (event.key === "Enter") done(fitted?.value ?? null, true);
    else if (event.key === "Escape") done(null, true);
    if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
  };

  return (
    <div className={`${rowStyles.row} nopan nowheel`} data-widget="">
      <span className={note === null ? rowStyles.label : rowStyles.notice} role="status">
        {note ?? label}
      </span>
      <input
        className={rowStyles.input}
        aria-label={label}
        aria-invalid={fitted === undefined}
        inputMode="decimal"
        spellCheck={false}
        autoComplete="off"
        autoFocus
        value={text}
        onFocus={(event) => {
          if (!typed) event.currentTarget.select();
        }}
        onChange={(event) => {
          setText(event.currentTarget.value);
        }}
        onKeyDown={onKeyDown}
        onBlur={() => {
          done(fitted?.value ?? null, false);
        }}
      />
    </div>
  );
}

const isPlain = (text: string): boolean => /^\s*[-+]?[\d.]*\s*$/.test(text);
