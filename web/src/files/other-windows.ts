/**
 * What windows of this page tell each other of the files they have open: which those are, and when one was saved. So
 * nobody learns only from a failed save that a file is edited in two places.
 */

import type { App } from "../editor/app";
import type { FileRef } from "../editor/workspace";
import { tellNews } from "./files";

interface Message {
  readonly kind: "open" | "saved" | "closed";
  readonly files: readonly FileRef[];
  /** Who else has these open is to say so. */
  readonly asking: boolean;
}

/** Tell and listen from now on; returns how to end that. */
export function talkToOtherWindows({ workspace, files }: App): () => void {
  const channel = new BroadcastChannel("nodegraph.files");
  const tell = (message: Message): void => {
    channel.postMessage(message);
  };
  const ownFiles = (): FileRef[] => workspace.getState().tabs.flatMap(({ file }) => (file ? [file] : []));

  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    let shared = false;
    for (const theirs of data.files) {
      for (const { id, file } of workspace.getState().tabs) {
        if (file?.path !== theirs.path) continue;
        shared = true;
        const told = files.getState().news.get(id) ?? null;
        if (data.kind === "saved" && file.etag !== theirs.etag) tellNews(files, id, "changed");
        else if (data.kind === "closed" && told === "open-elsewhere") tellNews(files, id, null);
        else if (data.kind !== "closed" && told === null) tellNews(files, id, "open-elsewhere");
      }
    }
    if (shared && data.asking) tell({ kind: "open", files: ownFiles(), asking: false });
  };

  const unsubscribe = workspace.subscribe(({ tabs }, { tabs: before }) => {
    for (const { id, file } of tabs) {
      const former = before.find((tab) => tab.id === id);
      if (file === null || file === (former?.file ?? null)) continue;
      const saved = former !== undefined && former.file?.etag !== file.etag;
      tell({ kind: saved ? "saved" : "open", files: [file], asking: true });
    }
    for (const { id, file } of before) {
      if (tabs.some((tab) => tab.id === id)) continue;
      tellNews(files, id, null);
      if (file) tell({ kind: "closed", files: [file], asking: false });
    }
  });
  const leave = (): void => {
    tell({ kind: "closed", files: ownFiles(), asking: false });
  };
  window.addEventListener("pagehide", leave);

  tell({ kind: "open", files: ownFiles(), asking: true });
  return () => {
    unsubscribe();
    window.removeEventListener("pagehide", leave);
    channel.close();
  };
}
