/** What a node consists of: title, sockets, widgets, and what came of a run. Where it stands is not its business. */

import { memo } from "react";

import { isNote } from "../layout";
import type { NodeOverlay } from "../overlay";
import type { NodeLook } from "../shapes";
import { MarkdownBody } from "./MarkdownBody";
import styles from "./node.module.css";
import { NodePictures } from "./NodePictures";
import { NodeText } from "./NodeText";
import { NodeTitle } from "./NodeTitle";
import { NodeWidgets } from "./NodeWidgets";
import { Dot, SocketRows } from "./Sockets";

interface NodeBoxProps {
  readonly look: NodeLook;
  readonly overlay: NodeOverlay | undefined;
  readonly editing: boolean;
}

export const NodeBox = memo(function NodeBox({ look, overlay, editing }: NodeBoxProps) {
  const { face, layout } = look;
  if (layout.title === 0) return <RerouteBox look={look} />;
  const fraction = overlay?.phase === "running" ? overlay.fraction : null;
  return (
    <div className={styles.box}>
      <NodeTitle face={face} overlay={overlay} editing={editing} />
      {fraction !== null && (
        <div className={styles.progress} data-progress={fraction}>
          <span style={{ width: `${100 * fraction}%` }} />
        </div>
      )}
      {!layout.collapsed && (
        <>
          {!isNote(face) && <SocketRows look={look} blamed={overlay?.inputs} />}
          {face.kind === "markdown" ? (
            <MarkdownBody look={look} />
          ) : (
            <NodeWidgets look={look} blamed={overlay?.inputs} />
          )}
          {layout.said && overlay?.text != null && <NodeText text={overlay.text} size={layout.said} />}
          {layout.pictures && <NodePictures face={face} overlay={overlay} bounds={layout.pictures} />}
        </>
      )}
    </div>
  );
});

/** A node of class Reroute is no more than its two dots. */
function RerouteBox({ look: { face } }: Pick<NodeBoxProps, "look">) {
  const [[input], [output]] = [face.inputs, face.outputs];
  return (
    <div className={`${styles.box} ${styles.reroute}`}>
      {input ? <Dot type={input.type} /> : <span />}
      {output && <Dot type={output.type} />}
    </div>
  );
}
