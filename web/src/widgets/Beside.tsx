/** What opens beside a row while it is used, above everything: it is no part of the layer that the nodes move in. */

import { Popover } from "@mantine/core";
import type { ReactNode, SyntheticEvent } from "react";

interface BesideProps {
  /** What stands in the row meanwhile. */
  readonly shown: ReactNode;
  readonly label: string;
  readonly width: number;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function Beside({ shown, label, width, onClose, children }: BesideProps) {
  return (
    <Popover opened trapFocus clickOutsideCapture position="bottom-end" width={width} shadow="md" onDismiss={onClose}>
      <Popover.Target>
        <span>{shown}</span>
      </Popover.Target>
      <Popover.Dropdown aria-label={label} {...SEALED}>
        {children}
      </Popover.Dropdown>
    </Popover>
  );
}

const stop = (event: SyntheticEvent): void => {
  event.stopPropagation();
};

/** React hands events of what is opened to the row as well, and on to its node: they are not meant for those. */
export const SEALED = {
  onPointerDown: stop,
  onPointerUp: stop,
  onMouseDown: stop,
  onClick: stop,
  onDoubleClick: stop,
  onContextMenu: stop,
  onWheel: stop,
  onPaste: stop,
} as const;
