/**
 * Signing in and out. The token is exchanged for a cookie that no script can read, and is not kept here. An address that
 * ends in `#token=…` brings one along; fragments are sent to no server, and it is taken out of the address at once.
 */

import type { SessionView } from "../protocol/schema";
import { isOutside, useSession, type Refused } from "../state/session";
import { useServer } from "../state/server";

const ADDRESS = "/api/v1/session";

/** Ask who the server takes this browser for. Leaves all as it was when it cannot be asked. */
export async function learnSession(): Promise<void> {
  try {
    const response = await fetch(ADDRESS);
    if (response.ok) useSession.setState({ who: (await response.json()) as SessionView });
  } catch {
    // The page says elsewhere that the server is away.
  }
}

/** Null once signed in. */
export async function signIn(token: string): Promise<Refused | null> {
  const refused = await exchange(token);
  useSession.setState({ refused });
  return refused;
}

async function exchange(token: string): Promise<Refused | null> {
  const headers = { "Content-Type": "application/json" };
  try {
    const response = await fetch(ADDRESS, { method: "POST", headers, body: JSON.stringify({ token }) });
    if (response.ok) {
      useSession.setState({ who: (await response.json()) as SessionView });
      return null;
    }
    return response.status === 429 ? "too-often" : "unknown";
  } catch {
    return "unreachable";
  }
}

/** Nothing of what is shown stays: the page begins anew. Drafts are kept in the browser. */
export async function signOut(): Promise<void> {
  try {
    await fetch(ADDRESS, { method: "DELETE" });
  } catch {
    return;
  }
  window.location.reload();
}

/** Resolves when the server answers this browser: at once, or when somebody has signed in. */
export async function enter(): Promise<void> {
  const token = takeToken();
  if (token === null || (await signIn(token)) !== null) await learnSession();
  await new Promise<void>((settle) => {
    const look = (): void => {
      if (isOutside(useSession.getState())) return;
      stop();
      settle();
    };
    const stop = useSession.subscribe(look);
    look();
  });
  useSession.setState({ begun: true });
}

/** From now on notice that the session ends, wherever that is done, and call `onReturn` when there is one again. */
export function followSession(onReturn: () => void): void {
  useServer.subscribe(({ link }) => {
    if (link === "lost") void learnSession();
  });
  useSession.subscribe((now, before) => {
    if (isOutside(before) && !isOutside(now)) onReturn();
  });
  window.addEventListener("hashchange", () => {
    const token = takeToken();
    if (token !== null) void signIn(token);
  });
}

function takeToken(): string | null {
  const address = new URL(window.location.href);
  const token = new URLSearchParams(address.hash.slice(1)).get("token");
  if (token === null) return null;
  address.hash = "";
  window.history.replaceState(null, "", address);
  return token;
}
