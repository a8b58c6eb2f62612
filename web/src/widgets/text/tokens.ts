/** How many tokens the server counts in texts. Asks once for each text, for several at a time, when typing pauses. */

import { createContext } from "react";
import { createStore } from "zustand/vanilla";

import type { TokensAnswer, TokensOfText, TokensRequest } from "../../protocol/schema";

/** The counts of `texts`, in their order. Rejects where the server does not say. */
export type AskTokens = (texts: readonly string[]) => Promise<readonly TokensOfText[]>;

/** Milliseconds without a new text before the server is asked. */
const PAUSE = 200;
/** As many texts as the server takes at a time. */
const AT_ONCE = 64;
/** Texts that are remembered; the oldest are forgotten first. */
const REMEMBERED = 1000;

export class TokenCounter {
  readonly counts = createStore<ReadonlyMap<string, TokensOfText>>(() => new Map<string, TokensOfText>());
  /** Who waits for the count of each text. */
  private readonly wanted = new Map<string, Set<symbol>>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly ask: AskTokens) {}

  /** Find out about `text`, soon. Returns how to say that it matters no more. */
  want(text: string): () => void {
    if (this.counts.getState().has(text)) return () => undefined;
    const waiting = this.wanted.get(text) ?? new Set();
    const self = Symbol();
    this.wanted.set(text, waiting.add(self));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), PAUSE);
    return () => {
      waiting.delete(self);
      if (waiting.size === 0 && this.wanted.get(text) === waiting) this.wanted.delete(text);
    };
  }

  private async flush(): Promise<void> {
    const texts = [...this.wanted.keys()].slice(0, AT_ONCE);
    if (texts.length === 0) return;
    for (const text of texts) this.wanted.delete(text);
    const found = await this.ask(texts).catch(() => []);
    const known = [...this.counts.getState(), ...found.map((count, at) => [texts[at] ?? "", count] as const)];
    if (found.length > 0) this.counts.setState(new Map(known.slice(-REMEMBERED)), true);
    if (this.wanted.size > 0) this.timer = setTimeout(() => void this.flush(), PAUSE);
  }
}

export const askServer: AskTokens = async (texts) => {
  const response = await fetch("/api/v1/tokens", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ texts: [...texts] } satisfies TokensRequest),
  });
  if (!response.ok) throw new Error(`/api/v1/tokens: ${response.status}`);
  const { counts } = (await response.json()) as TokensAnswer;
  return counts;
};

/** Null: nobody counts, and no counts are shown. */
export const TokensContext = createContext<TokenCounter | null>(null);
