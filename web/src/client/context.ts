import { createContext, useContext } from "react";

import type { OldClient as Client } from "./old-client";

export const ClientContext = createContext<Client | null>(null);

export function useClient(): Client {
  const client = useContext(ClientContext);
  if (!client) throw new Error("No ClientContext above this component.");
  return client;
}
