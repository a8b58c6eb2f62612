import { Text } from "@mantine/core";
import { IconFileDownload } from "@tabler/icons-react";
import { useEffect, useState } from "react";

import { useClient } from "../client/context";
import { en } from "../i18n/en";
import classes from "./DropTarget.module.css";

/** Takes a file dropped anywhere on the page, and says so while one is held over it. */
export function DropTarget() {
  const client = useClient();
  const [over, setOver] = useState(false);

  useEffect(() => {
    const listening = new AbortController();
    const { signal } = listening;
    const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;

    const hold = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      // Leaving one element for another is no leaving; leaving the window has no element to go to.
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      setOver(false);
      const file = event.dataTransfer?.files[0];
      if (file) void client.open(file);
    };

    window.addEventListener("dragover", hold, { signal });
    window.addEventListener("dragleave", leave, { signal });
    window.addEventListener("drop", drop, { signal });
    return () => {
      listening.abort();
    };
  }, [client]);

  if (!over) return null;
  return (
    <div className={classes.overlay}>
      <IconFileDownload size={40} stroke={1.4} aria-hidden />
      <Text size="lg" fw={600}>
        {en.open.dropNow}
      </Text>
    </div>
  );
}
