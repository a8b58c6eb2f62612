/** What makes a combo one of pictures: files are put in by choosing, dropping and pasting them. */

import { notifications } from "@mantine/notifications";
import { useState, type ClipboardEvent, type DragEvent } from "react";

import type { ComboSpec } from "../../classes/types";
import { useStrings } from "../../i18n/language";
import type { WidgetProps } from "../props";
import { fromUrl, toName } from "./annotated";
import { uploadPicture } from "./upload";

export interface PictureInput {
  /** What to say while a file is on its way; null: none is. */
  readonly busy: string | null;
  readonly put: (file: File) => Promise<void>;
  /** For the element that files are dropped on and pasted to. */
  readonly handlers: {
    readonly onDragOver?: (event: DragEvent) => void;
    readonly onDrop?: (event: DragEvent) => void;
    readonly onPaste?: (event: ClipboardEvent) => void;
  };
}

export function usePicture({ spec, linked, onChange, onRefresh }: WidgetProps<ComboSpec>): PictureInput {
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

  const accepts = spec.upload !== null && !linked;
  return {
    busy: share === null ? null : words.picture.uploading(Math.round(share * 100)),
    put,
    handlers: accepts
      ? {
          onDragOver: (event) => {
            if (!event.dataTransfer.types.some((type) => type === "Files" || type === "text/uri-list")) return;
            event.preventDefault();
            event.stopPropagation();
            event.dataTransfer.dropEffect = "copy";
          },
          onDrop: (event) => {
            if (!take(event.dataTransfer)) return;
            event.preventDefault();
            event.stopPropagation();
          },
          onPaste: (event) => {
            if (!take(event.clipboardData)) return;
            event.preventDefault();
            event.stopPropagation();
          },
        }
      : {},
  };
}
