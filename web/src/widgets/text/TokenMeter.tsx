/** A prompt's tokens of what its encoder takes at a time: `25 / 77`, or `130 / 2 × 77` where it has to run twice. */

import { useContext, useEffect } from "react";
import { useStore } from "zustand";

import { useStrings } from "../../i18n/language";
import styles from "./Text.module.css";
import { TokensContext, type TokenCounter } from "./tokens";

/** What an encoder takes at a time: two of them are its start and its end. */
const CHUNK = 77;

export function TokenMeter({ text }: { readonly text: string }) {
  const counter = useContext(TokensContext);
  return counter && <Meter counter={counter} text={text} />;
}

function Meter({ counter, text }: { readonly counter: TokenCounter; readonly text: string }) {
  const { widgets: words } = useStrings();
  const count = useStore(counter.counts, (counts) => counts.get(text));
  useEffect(() => counter.want(text), [counter, text]);
  if (!count) return <span className={styles.meter} />;
  const { tokens, chunks } = count;
  const used = tokens + 2 * chunks;
  return (
    <span
      className={styles.meter}
      data-over={chunks > 1 || undefined}
      data-tokens={tokens}
      title={chunks > 1 ? words.tokens.over(tokens, chunks) : words.tokens.within(tokens)}
    >
      {chunks > 1 ? `${used} / ${chunks} × ${CHUNK}` : `${used} / ${CHUNK}`}
    </span>
  );
}
