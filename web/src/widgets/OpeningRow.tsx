/** A row that opens its editor beside the node, by pointer and by key. Knows no kind of value. */

import { useState, type ReactNode } from "react";

import { Later } from "../later/Later";
import { Beside } from "./Beside";
import type { WidgetProps } from "./props";
import { isOwn, Row } from "./Row";

interface OpeningRowProps extends Pick<WidgetProps, "label" | "tooltip" | "linked"> {
  /** The value in letters. */
  readonly text: string;
  /** How it is shown, where letters alone do not. */
  readonly shown?: ReactNode;
  /** Of the editor, in pixels. */
  readonly width: number;
  readonly className?: string | undefined;
  readonly editor: (close: () => void) => ReactNode;
}

export function OpeningRow({ label, tooltip, linked, text, shown = text, width, className, editor }: OpeningRowProps) {
  const [state, setState] = useState<"untouched" | "opened" | "closed">("untouched");
  const opened = state === "opened";
  const close = (): void => {
    setState("closed");
  };
  return (
    <Row
      takeFocus={state === "closed"}
      role="button"
      aria-haspopup="dialog"
      aria-expanded={opened}
      label={label}
      name={`${label}: ${text}`}
      tooltip={tooltip}
      value={
        opened ? (
          <Beside shown={shown} label={label} width={width} onClose={close}>
            <Later>{editor(close)}</Later>
          </Beside>
        ) : (
          shown
        )
      }
      text={text}
      linked={linked}
      className={className}
      onClick={(event) => {
        if (!linked && isOwn(event)) setState("opened");
      }}
      onKeyDown={(event) => {
        if (linked || event.target !== event.currentTarget || event.ctrlKey || event.metaKey) return;
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        event.stopPropagation();
        setState("opened");
      }}
    />
  );
}
