/** The access tokens of the server, for its admins. What one reads passes through here once and is not kept. */

import type { MadeToken, TokenList, TokenView } from "../protocol/schema";
import type { Scope } from "../state/session";

const ADDRESS = "/api/v1/access-tokens";

/** Why the server did not do it, in its own words; null where it did not answer. */
export interface Refusal {
  readonly refused: string | null;
}

export const isRefusal = (answer: object): answer is Refusal => "refused" in answer;

export async function listTokens(): Promise<readonly TokenView[] | Refusal> {
  const answer = await ask<TokenList>("GET", ADDRESS);
  return isRefusal(answer) ? answer : answer.tokens;
}

export const makeToken = (name: string, scope: Scope): Promise<MadeToken | Refusal> =>
  ask<MadeToken>("POST", ADDRESS, { name, scope });

export const revokeToken = (id: string): Promise<object | Refusal> =>
  ask("DELETE", `${ADDRESS}/${encodeURIComponent(id)}`);

async function ask<T extends object>(method: string, path: string, body?: object): Promise<T | Refusal> {
  try {
    const response = await fetch(path, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
    });
    if (response.status === 204) return {} as T;
    const answer = (await response.json()) as T & { error?: { message?: string } };
    return response.ok ? answer : { refused: answer.error?.message ?? response.statusText };
  } catch {
    return { refused: null };
  }
}
