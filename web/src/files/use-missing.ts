/** What a workflow lacks, followed as it changes. */

import { useEffect, useState } from "react";

import { missingIn, type Missing } from "../classes/missing";
import type { Editor } from "../editor/editor";

/** Milliseconds of quiet before an edited document is looked through, which takes a moment where it is large. */
const PAUSE = 1000;

/** Null until that is known. */
export function useMissing(editor: Editor | undefined): Missing | null {
  const [found, setFound] = useState<{ readonly in: Editor; readonly missing: Missing } | null>(null);
  useEffect(() => {
    if (editor === undefined) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = (): void => {
      const catalog = editor.catalog.getState();
      if (catalog.state === "known") setFound({ in: editor, missing: missingIn(editor.document.store, catalog) });
    };
    const lookAfter = (pause: number): void => {
      clearTimeout(timer);
      timer = setTimeout(look, pause);
    };
    lookAfter(0);
    const endings = [
      editor.document.store.subscribe(() => {
        lookAfter(PAUSE);
      }),
      editor.catalog.subscribe(() => {
        lookAfter(0);
      }),
    ];
    return () => {
      clearTimeout(timer);
      for (const end of endings) end();
    };
  }, [editor]);
  return found !== null && found.in === editor ? found.missing : null;
}
