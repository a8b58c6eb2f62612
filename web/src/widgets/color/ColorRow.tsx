/** A colour: a swatch and its letters; opened, a picker. */

import { lazy, Suspense, useRef, useState } from "react";

import { Beside } from "../Beside";
import { isOwn, Row } from "../Row";
import type { WidgetProps } from "../props";
import styles from "./ColorRow.module.css";

const ColorEditor = lazy(() => import("./ColorEditor"));

interface ColorRowProps extends Pick<WidgetProps, "label" | "tooltip" | "linked"> {
  readonly color: string;
  readonly onColor: (color: string, gesture: string) => void;
}

export function ColorRow({ label, tooltip, color, linked, onColor }: ColorRowProps) {
  const row = useRef<HTMLDivElement>(null);
  const [opened, setOpened] = useState(false);
  const shown = (
    <>
      <span className={styles.swatch} style={{ background: color }} />
      {color}
    </>
  );
  return (
    <Row
      rowRef={row}
      role="button"
      aria-haspopup="dialog"
      aria-expanded={opened}
      label={label}
      name={`${label}: ${color}`}
      tooltip={tooltip}
      value={
        opened ? (
          <Beside
            shown={shown}
            label={label}
            width={256}
            onClose={() => {
              setOpened(false);
              row.current?.focus({ preventScroll: true });
            }}
          >
            <Suspense>
              <ColorEditor label={label} color={color} onColor={onColor} />
            </Suspense>
          </Beside>
        ) : (
          shown
        )
      }
      text={color}
      linked={linked}
      className={styles.color}
      onClick={(event) => {
        if (!linked && isOwn(event)) setOpened(true);
      }}
      onKeyDown={(event) => {
        if (linked || event.target !== event.currentTarget || event.ctrlKey || event.metaKey) return;
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        event.stopPropagation();
        setOpened(true);
      }}
    />
  );
}
