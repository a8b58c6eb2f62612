/** What a node says in words: to be read, scrolled, marked and copied, and not to be written. */

import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useState } from "react";

import { Copying } from "../../commands/Copying";
import type { Size } from "../../document/records";
import { useStrings } from "../../i18n/language";
import styles from "./node.module.css";

/** Letters that are shown: with more of them a field of text grows slow. Copying takes all. */
const SHOWN = 50_000;

interface NodeTextProps {
  readonly text: string;
  readonly size: Size;
}

export function NodeText({ text, size: { width, height } }: NodeTextProps) {
  const words = useStrings().canvas.said;
  /** Only a text that is in use takes the wheel. */
  const [focused, setFocused] = useState(false);
  return (
    <div className={`${styles.said} nopan ${focused ? "nowheel" : ""}`} style={{ width, height }} data-own="">
      <textarea
        readOnly
        data-said=""
        data-code={isJson(text) || undefined}
        spellCheck={false}
        aria-label={words.label}
        value={text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text}
        onFocus={() => {
          setFocused(true);
        }}
        onBlur={() => {
          setFocused(false);
        }}
        onKeyDown={(event) => {
          if (event.key === "Escape") event.currentTarget.blur();
          // The page's own keys, such as Ctrl+Enter, work here too where their command says so.
          else if (event.ctrlKey || event.metaKey) return;
          event.stopPropagation();
        }}
      />
      <Copying value={text}>
        {({ copied, copy }) => (
          <button
            type="button"
            title={copied ? words.copied : words.copy}
            aria-label={copied ? words.copied : words.copy}
            onClick={copy}
          >
            {copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
          </button>
        )}
      </Copying>
    </div>
  );
}

/** Whether it is an object or a list, and so stands in columns. */
function isJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text) || text.length > SHOWN) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
