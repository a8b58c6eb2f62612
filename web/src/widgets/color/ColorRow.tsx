/** A colour: a swatch and its letters; opened, a picker. */

import { lazy } from "react";

import { OpeningRow } from "../OpeningRow";
import type { WidgetProps } from "../props";
import styles from "./ColorRow.module.css";

const ColorEditor = lazy(() => import("./ColorEditor"));

interface ColorRowProps extends Pick<WidgetProps, "label" | "tooltip" | "linked"> {
  readonly color: string;
  readonly onColor: (color: string, gesture: string) => void;
}

export function ColorRow({ label, tooltip, color, linked, onColor }: ColorRowProps) {
  return (
    <OpeningRow
      label={label}
      tooltip={tooltip}
      linked={linked}
      text={color}
      shown={
        <>
          <span className={styles.swatch} style={{ background: color }} />
          {color}
        </>
      }
      width={256}
      className={styles.color}
      editor={() => <ColorEditor label={label} color={color} onColor={onColor} />}
    />
  );
}
