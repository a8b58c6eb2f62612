/** Who the server takes this browser for, and how far that goes. */

import { create } from "zustand";

import type { SessionView } from "../protocol/schema";

export type Scope = NonNullable<SessionView["scope"]>;

/** Why a token was not taken. */
export type Refused = "unknown" | "too-often" | "unreachable";

interface Session {
  /** Null until the server has told. */
  readonly who: SessionView | null;
  /** What became of the last attempt to sign in. */
  readonly refused: Refused | null;
  /** Whether the editor has begun: from then on it stays, whatever becomes of the session. */
  readonly begun: boolean;
}

export const useSession = create<Session>()(() => ({ who: null, refused: null, begun: false }));

/** Whether somebody has to sign in before the server answers anything. */
export const isOutside = ({ who }: Pick<Session, "who">): boolean => who !== null && who.scope == null;

const ORDER: readonly Scope[] = ["read", "run", "admin"];

/** Whether what needs `scope` may be done. The server decides; this is so as not to offer what it will refuse. */
export const may =
  (scope: Scope) =>
  ({ who }: Pick<Session, "who">): boolean =>
    who?.scope == null || ORDER.indexOf(who.scope) >= ORDER.indexOf(scope);
