import { Button, type ButtonProps, FileButton } from "@mantine/core";
import { IconFolderOpen } from "@tabler/icons-react";

import { useClient } from "../client/context";

/** Opens the browser's file chooser for a workflow or a picture that carries one. */
export function OpenButton({ label, ...look }: { label: string } & ButtonProps) {
  const client = useClient();
  return (
    <FileButton
      accept=".json,.png,application/json,image/png"
      onChange={(file) => {
        if (file) void client.open(file);
      }}
      inputProps={{ "aria-label": label }}
    >
      {(props) => (
        <Button {...props} {...look} leftSection={<IconFolderOpen size={18} stroke={1.6} aria-hidden />}>
          {label}
        </Button>
      )}
    </FileButton>
  );
}
