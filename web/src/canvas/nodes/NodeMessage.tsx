/** What is wrong with a node or its run, below it. These lie above all nodes, so that none hides them. */

import { memo } from "react";
import { useStore } from "zustand";

import { useOverlay } from "../../editor/app";
import { runId, type Entered } from "../../editor/editor";
import type { NodeShape } from "../shapes";
import styles from "./node.module.css";

interface NodeMessageProps {
  readonly shape: NodeShape;
  /** Of the graph that it is in. */
  readonly path: readonly Entered[];
}

const GAP = 6;
const LEAST_WIDTH = 240;

export const NodeMessage = memo(function NodeMessage({ shape, path }: NodeMessageProps) {
  const { key, record, bounds } = shape;
  const message = useStore(useOverlay(), (overlays) => overlays.get(runId(path, record.id))?.message ?? null);
  if (message === null) return null;
  const { x, y, width, height } = bounds;
  return (
    <div
      className={styles.message}
      style={{ marginLeft: x, marginTop: y + height + GAP, width: Math.max(width, LEAST_WIDTH) }}
      role="note"
      data-message={key}
    >
      {message}
    </div>
  );
});
