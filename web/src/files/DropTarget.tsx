/** Takes files dropped anywhere on the page, and says so while they are held over it. */

import { Text } from "@mantine/core";
import { IconFileDownload } from "@tabler/icons-react";
import { useEffect, useState } from "react";

import { useApp } from "../editor/app";
import { useStrings } from "../i18n/language";
import { openFiles } from "./open-files";
import classes from "./DropTarget.module.css";

export function DropTarget() {
  const app = useApp();
  const { files: words } = useStrings();
  const [over, setOver] = useState(false);

  useEffect(() => {
    const listening = new AbortController();
    const { signal } = listening;
    const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;

    const hold = (event: DragEvent): void => {
      if (!carriesFiles(event)) return;
      // A part of the page that takes files itself has said so.
      setOver(!event.defaultPrevented);
      event.preventDefault();
    };
    const leave = (event: DragEvent): void => {
      // Leaving one element for another is no leaving; leaving the window has no element to go to.
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent): void => {
      setOver(false);
      if (!carriesFiles(event) || event.defaultPrevented) return;
      event.preventDefault();
      const at = { x: event.clientX, y: event.clientY };
      void openFiles(app, [...(event.dataTransfer?.files ?? [])], at);
    };

    window.addEventListener("dragover", hold, { signal });
    window.addEventListener("dragleave", leave, { signal });
    window.addEventListener("drop", drop, { signal });
    return () => {
      listening.abort();
    };
  }, [app]);

  if (!over) return null;
  return (
    <div className={classes.overlay}>
      <IconFileDownload size={40} stroke={1.4} aria-hidden />
      <Text size="lg" fw={600}>
        {words.open.dropNow}
      </Text>
    </div>
  );
}
