/**
 * What the browser keeps of each window of the page, so that nothing is lost with it: the tabs as they were, and in each
 * the workflow as it was last seen. Knows neither tabs nor where that is kept.
 */

import type { View } from "../editor/editor";
import type { FileRef } from "../editor/workspace";

/** What was open in one window. */
export interface Session {
  /** Names the window. */
  readonly window: string;
  /** The ids of its drafts, from left to right. */
  readonly tabs: readonly string[];
  readonly active: string | null;
  /** When it was last kept, in milliseconds since 1970. */
  readonly at: number;
}

export interface Draft {
  readonly window: string;
  readonly id: string;
  readonly title: string;
  readonly file: FileRef | null;
  /** What the tab held when it was last saved; `text` where nothing has changed since. */
  readonly kept: string;
  readonly text: string;
  readonly view: View;
  readonly jobs: readonly string[];
}

export interface DraftStore {
  sessions(): Promise<Session[]>;
  /** In no order that means anything. */
  drafts(window: string): Promise<Draft[]>;
  /**
   * Keep a session, and in the same step those of its drafts that changed, without those of the ids in `gone`. All is on
   * its way when this returns: a page that is being left has no time to wait for answers.
   */
  keep(session: Session, changed: readonly Draft[], gone: readonly string[]): Promise<void>;
  /** Forget a window. */
  drop(window: string): Promise<void>;
}
