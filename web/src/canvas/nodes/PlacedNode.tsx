/**
 * A node at its place in the layer, with what else it depends on: whether it is selected, what the last run says of it,
 * whether its title is being edited. While it only moves, nothing in it is drawn anew.
 */

import { memo, type CSSProperties } from "react";
import { useStore } from "zustand";

import { useEditor, useOverlay } from "../../editor/app";
import { useStrings } from "../../i18n/language";
import type { Strings } from "../../i18n/strings";
import { MODE, type NodeRecord } from "../../document/records";
import { runId, type Entered } from "../../editor/editor";
import { colourOfNode, css, inkOn } from "../colours";
import type { NodeOverlay } from "../overlay";
import type { NodeLook, NodeShape } from "../shapes";
import { useSurface } from "../surface";
import styles from "./node.module.css";
import { NodeBox } from "./NodeBox";

interface PlacedNodeProps {
  readonly shape: NodeShape;
  /** Of the graph that it is in. */
  readonly path: readonly Entered[];
}

export const PlacedNode = memo(function PlacedNode({ shape, path }: PlacedNodeProps) {
  const { key, record, look, bounds } = shape;
  const words = useStrings();
  const id = runId(path, record.id);
  const selected = useStore(useEditor().selection, (keys) => keys.has(key));
  const overlay = useStore(useOverlay(), (overlays) => overlays.get(id));
  const editing = useStore(useSurface().transient, (transient) => transient.editing === key);
  const { x, y, width, height } = bounds;
  return (
    <div
      className={styles.node}
      style={{ marginLeft: x, marginTop: y, width, height, ...coloursOf(record) }}
      tabIndex={0}
      role="group"
      aria-label={nameOf(look, overlay, words)}
      data-node={key}
      data-kind={look.face.kind}
      data-mode={modeOf(record)}
      data-collapsed={record.collapsed || undefined}
      data-selected={selected || undefined}
      data-state={stateOf(overlay)}
    >
      <NodeBox look={look} overlay={overlay} editing={editing} />
    </div>
  );
});

function coloursOf({ color, background }: NodeRecord): CSSProperties {
  const [title, body] = [colourOfNode(color), colourOfNode(background)];
  return {
    ...(title && { "--node-title": css(title), "--node-title-ink": css(inkOn(title)) }),
    ...(body && { "--node-body": css(body), "--node-ink": css(inkOn(body)) }),
  } as CSSProperties;
}

function modeOf({ mode }: NodeRecord): string | undefined {
  return mode === MODE.muted ? "muted" : mode === MODE.bypassed ? "bypassed" : undefined;
}

function stateOf(overlay: NodeOverlay | undefined): string | undefined {
  if (overlay?.phase === "failed" || (overlay?.message ?? null) !== null) return "failed";
  return overlay?.phase ?? undefined;
}

/** Title, class, and all that can be seen of it at a glance. */
function nameOf({ face }: NodeLook, overlay: NodeOverlay | undefined, { canvas: words }: Strings): string {
  const { record, kind } = face;
  const states = [
    kind === "missing" && words.node.missing,
    kind === "subgraph" && words.node.subgraph,
    record.mode === MODE.muted && words.node.muted,
    record.mode === MODE.bypassed && words.node.bypassed,
    record.collapsed && words.node.collapsed,
    record.pinned && words.node.pinned,
    overlay?.phase && words.overlay[overlay.phase],
    overlay?.message,
  ].filter((state) => typeof state === "string");
  const classTitle = face.nodeClass?.title ?? (kind === "subgraph" ? face.title : record.classId);
  return words.node.name(face.title === "" ? classTitle : face.title, classTitle, states);
}
