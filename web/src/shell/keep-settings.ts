/**
 * Where settings are kept: on the server under `nodegraph.<name>`, and in this browser for the time until it answers.
 * What was changed while the server was away is sent when it is back.
 */

import { readSettings, type Settings, type SettingsStore } from "../editor/settings";
import { useServer } from "../state/server";

const ADDRESS = "/api/v1/settings";
const PLACE = "nodegraph.settings";
const PREFIX = "nodegraph.";

/** What this browser remembers. */
export function rememberedSettings(): Partial<Settings> {
  try {
    const values: unknown = JSON.parse(localStorage.getItem(PLACE) ?? "{}");
    return typeof values === "object" && values !== null ? readSettings(values as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Keep the settings here and there from now on; returns how to end that. */
export function keepSettings(store: SettingsStore): () => void {
  /** Changed here, and not yet there. */
  const unsent = new Set<keyof Settings>();
  let hearing = false;
  /** How often something was changed here. */
  let changes = 0;
  let sending = Promise.resolve();

  const send = async (): Promise<void> => {
    const names = [...unsent];
    if (names.length === 0 || useServer.getState().link !== "open") return;
    const settings = store.getState();
    unsent.clear();
    const patch = Object.fromEntries(names.map((name) => [PREFIX + name, settings[name]]));
    const sent = await ask({ method: "PATCH", body: JSON.stringify(patch), headers: JSON_TYPE });
    if (sent === null) for (const name of names) unsent.add(name);
  };
  const sendNext = (): Promise<void> => (sending = sending.then(send));

  const fetchAll = async (): Promise<void> => {
    await sendNext();
    const before = changes;
    const values = await ask({});
    if (values === null) return;
    if (changes !== before) return fetchAll(); // the answer may be older than what was changed meanwhile
    const there = Object.fromEntries(
      Object.entries(values).flatMap(([id, value]) =>
        id.startsWith(PREFIX) && !unsent.has(id.slice(PREFIX.length) as keyof Settings)
          ? [[id.slice(PREFIX.length), value]]
          : [],
      ),
    );
    hearing = true;
    store.setState(readSettings(there));
    hearing = false;
  };

  const endings = [
    store.subscribe((now, before) => {
      remember(now);
      if (hearing) return;
      changes += 1;
      for (const name of Object.keys(now) as (keyof Settings)[]) if (now[name] !== before[name]) unsent.add(name);
      void sendNext();
    }),
    useServer.subscribe(({ link }, { link: before }) => {
      if (link === "open" && before !== "open") void fetchAll();
    }),
  ];
  if (useServer.getState().link === "open") void fetchAll();
  return () => {
    for (const end of endings) end();
  };
}

const JSON_TYPE = { "Content-Type": "application/json" };

function remember(settings: Settings): void {
  try {
    localStorage.setItem(PLACE, JSON.stringify(settings));
  } catch {
    // A browser that keeps nothing learns the settings from the server each time.
  }
}

/** Null where the server did not answer as it should. */
async function ask(init: RequestInit): Promise<Record<string, unknown> | null> {
  try {
    const response = await fetch(ADDRESS, init);
    return response.ok ? ((await response.json()) as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
