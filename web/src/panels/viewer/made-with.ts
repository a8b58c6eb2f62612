/** What a picture's file says of how it was made. The file is fetched once, when somebody asks. */

import { useEffect, useState } from "react";

import { pictureUrl } from "../../client/http";
import { embeddedIn, type Embedded } from "../../files/embedded/embedded";
import type { Picture } from "../../state/run";
import { factsOf, type Facts } from "./facts";

export interface MadeWith {
  readonly file: File;
  readonly embedded: Embedded;
  readonly facts: Facts | null;
}

export type Asked =
  | { readonly state: "loading" | "failed" }
  /** Null: it carries nothing. */
  | { readonly state: "known"; readonly madeWith: MadeWith | null };

export function useMadeWith(picture: Picture): Asked {
  const url = pictureUrl(picture);
  const [asked, setAsked] = useState<{ readonly url: string; readonly answer: Asked }>();
  useEffect(() => {
    const asking = new AbortController();
    void read(url, picture.filename, asking.signal).then((answer) => {
      if (!asking.signal.aborted) setAsked({ url, answer });
    });
    return () => {
      asking.abort();
    };
  }, [url, picture.filename]);
  return asked?.url === url ? asked.answer : { state: "loading" };
}

async function read(url: string, name: string, signal: AbortSignal): Promise<Asked> {
  try {
    const response = await fetch(url, { signal });
    if (!response.ok) return { state: "failed" };
    const bytes = new Uint8Array(await response.arrayBuffer());
    const embedded = await embeddedIn(bytes);
    if (!embedded || (embedded.workflow === null && embedded.prompt === null))
      return { state: "known", madeWith: null };
    const facts = embedded.prompt === null ? null : factsOf(embedded.prompt);
    return { state: "known", madeWith: { file: new File([bytes], name), embedded, facts } };
  } catch {
    return { state: "failed" };
  }
}
