/**
 * A text of several lines. At rest it is plain letters; a press or the focus puts the caret where it was meant to go.
 * What is typed reaches the workflow at once, so that a run takes it; one stay in the text is undone as one.
 */

import {
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
} from "react";

import type { TextSpec } from "../../classes/types";
import { textOf } from "../choice/options";
import { newGesture, type WidgetProps } from "../props";
import { caretAt } from "./caret";
import styles from "./Text.module.css";
import { TokenMeter } from "./TokenMeter";
import { useTyped } from "./typed";
import { weigh, WEIGHT_STEP } from "./weights";

interface MultilineTextProps extends WidgetProps<TextSpec> {
  /** Left out: as much as there is. */
  readonly height?: number;
}

/** A text that is shorter fits in any node; a longer one may have to be clipped. */
const FITTING = 80;

export function MultilineText({ height, ...props }: MultilineTextProps) {
  const { spec, label, tooltip, value, linked } = props;
  /** Where the caret goes; null: nobody edits. */
  const [caret, setCaret] = useState<number | null>(null);
  /** Left by Escape: the focus is there, and typing goes on with Enter. */
  const [left, setLeft] = useState(false);
  const resting = useRef<HTMLDivElement>(null);
  const text = textOf(value);
  const editing = caret !== null && !linked;

  useEffect(() => {
    if (left && !editing) resting.current?.focus({ preventScroll: true });
  }, [left, editing]);

  const begin = (at: number): void => {
    if (!linked) setCaret(at);
    setLeft(false);
  };

  return (
    <div
      className={`${styles.text} nopan ${editing ? "nowheel" : ""}`}
      style={height === undefined ? undefined : ({ height, flex: "none" } satisfies CSSProperties)}
      data-widget=""
      data-linked={linked || undefined}
      title={tooltip ?? undefined}
    >
      {editing ? (
        <Typing
          {...props}
          text={text}
          caret={caret}
          onLeave={(byKey) => {
            setLeft(byKey);
            setCaret(null);
          }}
        />
      ) : (
        <div
          ref={resting}
          className={styles.letters}
          data-long={text.length > FITTING || text.includes("\n") || undefined}
          data-empty={text === "" || undefined}
          role="textbox"
          aria-multiline="true"
          aria-label={label}
          aria-readonly={linked}
          tabIndex={linked ? -1 : 0}
          onMouseDown={(event: MouseEvent<HTMLDivElement>) => {
            if (event.button !== 0) return;
            event.preventDefault();
            begin(caretAt(event.currentTarget, event.clientX, event.clientY) ?? text.length);
          }}
          onFocus={() => {
            if (!left) begin(text.length);
          }}
          onBlur={() => {
            setLeft(false);
          }}
          onKeyDown={(event) => {
            if (event.key !== "Enter" && event.key !== "F2") return;
            if (event.ctrlKey || event.metaKey) return;
            event.preventDefault();
            event.stopPropagation();
            begin(text.length);
          }}
        >
          {text === "" ? spec.placeholder || label : text}
        </div>
      )}
      {spec.prompt && !linked && <TokenMeter text={text} />}
    </div>
  );
}

interface TypingProps extends WidgetProps<TextSpec> {
  readonly text: string;
  readonly caret: number;
  readonly onLeave: (byKey: boolean) => void;
}

function Typing({ spec, label, text, caret, onChange, onLeave }: TypingProps) {
  const [gesture] = useState(newGesture);
  const { field, typed } = useTyped<HTMLTextAreaElement>(text);

  useLayoutEffect(() => {
    const element = field.current;
    if (!element) return;
    element.focus({ preventScroll: true });
    element.setSelectionRange(caret, caret);
  }, [field, caret]);

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    const raise = event.key === "ArrowUp" ? WEIGHT_STEP : event.key === "ArrowDown" ? -WEIGHT_STEP : 0;
    if (spec.prompt && raise !== 0 && (event.ctrlKey || event.metaKey) && !event.altKey) {
      event.preventDefault();
      changeWeight(event.currentTarget, raise);
    } else if (event.key === "Escape") onLeave(true);
    // The page's own keys, such as Ctrl+Enter, work here too where their command says so.
    else if (event.ctrlKey || event.metaKey) return;
    event.stopPropagation();
  };

  return (
    <textarea
      ref={field}
      className={styles.letters}
      aria-label={label}
      placeholder={spec.placeholder || label}
      spellCheck={false}
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
  );
}

function changeWeight(area: HTMLTextAreaElement, by: number): void {
  const edit = weigh(area.value, area.selectionStart, area.selectionEnd, by);
  if (!edit) return;
  area.setSelectionRange(edit.from, edit.to);
  insertText(area, edit.insert);
  area.setSelectionRange(edit.start, edit.end);
}

/** As if it were typed: the only way that the text's own undo knows of. */
function insertText(area: HTMLTextAreaElement, text: string): void {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing has taken its place
  if (document.execCommand("insertText", false, text)) return;
  area.setRangeText(text);
  area.dispatchEvent(new Event("input", { bubbles: true }));
}
