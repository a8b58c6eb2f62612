/** Two pictures of a node that are to be compared; a double-click, or Enter, shows them in full size. */

import { lazy, Suspense } from "react";

import { useApp } from "../../editor/app";
import { useStrings } from "../../i18n/language";
import type { Picture } from "../../state/run";
import { previewUrl } from "../pictures";
import styles from "./node.module.css";

const Divided = lazy(() => import("../../widgets/picture/Divided"));

/** The first picture of either side; null: there are not both. */
export function pairOf(pictures: readonly Picture[]): readonly [number, number] | null {
  const [one, other] = [pictures.findIndex(({ side }) => side === "a"), pictures.findIndex(({ side }) => side === "b")];
  return one < 0 || other < 0 ? null : [one, other];
}

interface NodeCompareProps {
  readonly pictures: readonly Picture[];
  readonly pair: readonly [number, number];
}

export function NodeCompare({ pictures, pair: [one, other] }: NodeCompareProps) {
  const { ui } = useApp();
  const { picture: words } = useStrings().canvas;
  const half = (index: number, name: string) => {
    const picture = pictures[index];
    return picture ? { src: previewUrl(picture), alt: words.half(name, picture.filename) } : { src: "", alt: name };
  };
  const enlarge = (): void => {
    ui.setState({ dialog: { kind: "viewer", pictures, index: other, beside: one } });
  };
  return (
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
      <Suspense fallback={null}>
        <Divided one={half(one, "A")} other={half(other, "B")} label={words.divider} follows />
      </Suspense>
    </div>
  );
}
