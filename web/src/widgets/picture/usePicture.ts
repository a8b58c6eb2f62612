/** What makes a combo one of pictures: files are put in by choosing, dropping and pasting them. */

import { notifications } from "@mantine/notifications";
import { useEffect, useState, type RefObject } from "react";

import type { ComboSpec } from "../../classes/types";
import { useStrings } from "../../i18n/language";
import type { WidgetProps } from "../props";
import { fromUrl, toName } from "./annotated";
import { uploadPicture } from "./upload";

export interface PictureInput {
  /** What to say while a file is on its way; null: none is. */
  readonly busy: string | null;
  readonly put: (file: File) => Promise<void>;
}

/** `row`: of the node around it, if it is in one, all takes files. */
export function usePicture(
  { spec, linked, onChange, onRefresh }: WidgetProps<ComboSpec>,
  row: RefObject<HTMLElement | null>,
): PictureInput {
  const { widgets: words } = useStrings();
  const [share, setShare] = useState<number | null>(null);
  const folder = spec.upload?.folder ?? "input";

  const put = async (file: File): Promise<void> => {
    setShare(0);
    try {
      const stored = await uploadPicture(file, setShare);
      // It is among the options before it is chosen, so it is never shown as missing.
      await onRefresh?.();
      onChange(toName(stored, folder));
    } catch (error) {
      const reason = error instanceof Error && error.message !== "" ? error.message : words.picture.noServer;
      notifications.show({ color: "red", title: words.picture.failed(file.name), message: reason });
    } finally {
      setShare(null);
    }
  };

  const take = (data: DataTransfer): boolean => {
    const file = [...data.files].find(({ type }) => type.startsWith("image/"));
    const shown = fromUrl(data.getData("text/uri-list").split("\n", 1)[0] ?? "", window.location.href);
    if (shown) onChange(toName(shown, folder));
    else if (file) void put(file);
    return shown !== null || file !== undefined;
  };

  useEffect(() => {
    const target = row.current?.closest<HTMLElement>("[data-node]") ?? row.current;
    if (!target || spec.upload === null || linked) return undefined;
    return hearFiles(target, take);
  });

  return { busy: share === null ? null : words.picture.uploading(Math.round(share * 100)), put };
}

/** Have `take` offered what is dropped on an element or pasted while the focus is in it; returns how to end that. */
function hearFiles(element: HTMLElement, take: (data: DataTransfer) => boolean): () => void {
  const ended = new AbortController();
  const { signal } = ended;
  const over = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.some((type) => type === "Files" || type === "text/uri-list")) return;
    // Whoever else hears it sees by this that it is taken.
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
  };
  const drop = (event: DragEvent): void => {
    if (event.dataTransfer && take(event.dataTransfer)) event.preventDefault();
  };
  const paste = (event: ClipboardEvent): void => {
    if (!event.clipboardData || !take(event.clipboardData)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  element.addEventListener("dragover", over, { signal });
  element.addEventListener("drop", drop, { signal });
  element.addEventListener("paste", paste, { signal });
  return () => {
    ended.abort();
  };
}
