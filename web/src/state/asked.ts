/**
 * How asking for runs of a tab went: what the server has not answered yet, and what it found wrong. Holds nothing of a
 * run. Forgotten with the page.
 */

import { create } from "zustand";

import type { NodeProblems, Problem } from "../protocol/schema";

/** Why a workflow does not run, or (`error` null) which part of it was left out. */
export interface Refusal {
  readonly error: Problem | null;
  /** By node, as runs name them. */
  readonly problems: Readonly<Record<string, NodeProblems>>;
}

export interface Asked {
  /** The jobs that were sent and not answered. */
  readonly unanswered: readonly string[];
  readonly refusal: Refusal | null;
  /** Remarks of the conversion of a workflow that runs. */
  readonly warnings: readonly string[];
}

export const NOTHING_ASKED: Asked = { unanswered: [], refusal: null, warnings: [] };

/** By tab. */
export const useAsked = create<ReadonlyMap<string, Asked>>()(() => new Map<string, Asked>());

export function askedOf(known: ReadonlyMap<string, Asked>, tab: string): Asked {
  return known.get(tab) ?? NOTHING_ASKED;
}

export const asked = {
  sent(tab: string, job: string): void {
    change(tab, ({ unanswered }) => ({ unanswered: [...unanswered, job], refusal: null, warnings: [] }));
  },
  answered(tab: string, job: string, refusal: Refusal | null, warnings: readonly string[]): void {
    change(tab, ({ unanswered }) => ({ unanswered: unanswered.filter((one) => one !== job), refusal, warnings }));
  },
  dismissed(tab: string): void {
    change(tab, () => ({ refusal: null, warnings: [] }));
  },
};

function change(tab: string, to: (asked: Asked) => Partial<Asked>): void {
  const known = useAsked.getState();
  const before = askedOf(known, tab);
  useAsked.setState(new Map(known).set(tab, { ...before, ...to(before) }), true);
}
