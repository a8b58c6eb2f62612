/**
 * The window in which one searches and chooses: near the top, over the canvas, gone on Escape. It comes and goes at once:
 * one that fades would swallow the next key, and have the old words in it when it is opened again meanwhile.
 */

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
    <Modal.Root
      opened={opened}
      onClose={onClose}
      size={size}
      yOffset="9vh"
      transitionProps={{ duration: 0 }}
      returnFocus={false}
    >
      <Modal.Overlay backgroundOpacity={0.25} />
      <Modal.Content aria-label={label}>
        <Modal.Body p={0} className={classes.body}>
          {children}
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
