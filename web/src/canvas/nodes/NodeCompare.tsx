/** Two pictures of a node that are to be compared; a double-click, or Enter, shows them in full size. */

import { lazy, useState, type ReactNode } from "react";

import type { Bounds } from "../../document/records";
import { useApp } from "../../editor/app";
import { useStrings } from "../../i18n/language";
import { Later } from "../../later/Later";
import type { Picture } from "../../state/run";
import { previewUrl } from "../pictures";
import styles from "./node.module.css";

const Divided = lazy(() => import("../../widgets/picture/Divided"));

interface NodeCompareProps {
  readonly pictures: readonly Picture[];
  readonly pair: readonly [number, number];
  readonly bounds: Bounds;
  /** Shows the pictures where they cannot be compared, as when one of them was cleaned away. */
  readonly otherwise: ReactNode;
}

export function NodeCompare({ pictures, pair: [one, other], bounds: { width, height }, otherwise }: NodeCompareProps) {
  const { ui } = useApp();
  const [gone, setGone] = useState(false);
  const { picture: words } = useStrings().canvas;
  const half = (index: number, name: string) => {
    const picture = pictures[index];
    return picture ? { src: previewUrl(picture), alt: words.half(name, picture.filename) } : { src: "", alt: name };
  };
  const enlarge = (): void => {
    ui.setState({ dialog: { kind: "viewer", pictures, index: other, beside: one } });
  };
  if (gone) return otherwise;
  return (
    <Later failed={otherwise}>
      <div className={styles.pictures} style={{ width, height }}>
        <div
          className={`${styles.compare} nopan`}
          data-own=""
          data-compare=""
          title={words.compareHint}
          onDoubleClick={(event) => {
            event.stopPropagation();
            enlarge();
          }}
          onKeyDown={(event) => {
            if (event.ctrlKey || event.metaKey || event.altKey) return;
            if (event.key === "Enter") enlarge();
            else if (!event.key.startsWith("Arrow")) return; // the divider takes these, and the node stays where it is
            event.stopPropagation();
          }}
        >
          <Divided
            one={half(one, "A")}
            other={half(other, "B")}
            label={words.divider}
            follows
            onGone={() => {
              setGone(true);
            }}
          />
        </div>
      </div>
    </Later>
  );
}
