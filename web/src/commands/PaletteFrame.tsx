/** The window in which one searches and chooses: near the top, over the canvas, gone on Escape. */

import { Modal } from "@mantine/core";
import type { ReactNode } from "react";

import classes from "./PaletteFrame.module.css";

export interface PaletteFrameProps {
  readonly label: string;
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly size?: number;
  readonly children: ReactNode;
}

export function PaletteFrame({ label, opened, onClose, size = 600, children }: PaletteFrameProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      aria-label={label}
      withCloseButton={false}
      size={size}
      padding={0}
      yOffset="9vh"
      overlayProps={{ backgroundOpacity: 0.25 }}
      transitionProps={{ duration: 90 }}
      classNames={{ body: classes.body }}
    >
      {children}
    </Modal>
  );
}
