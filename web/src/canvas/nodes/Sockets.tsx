/** The rows of a node's sockets: inputs to the left, outputs to the right. Those of widgets stand in the widgets' rows. */

import { useStrings } from "../../i18n/language";
import type { SocketFace } from "../../classes/types";
import type { Side } from "../../document/edit-sockets";
import { colourOfType, css } from "../colours";
import type { NodeOverlay } from "../overlay";
import type { NodeLook } from "../shapes";
import styles from "./node.module.css";

interface SocketRowsProps {
  readonly look: NodeLook;
  /** What is wrong, by input. */
  readonly blamed: NodeOverlay["inputs"] | undefined;
}

export function SocketRows({ look: { face, layout }, blamed }: SocketRowsProps) {
  if (layout.rows === 0) return layout.widgets.length > 0 ? <div className={styles.headroom} /> : null;
  const inputs = face.inputs.filter(({ widget }) => widget === null);
  return (
    <div className={styles.sockets}>
      {Array.from({ length: layout.rows }, (_, row) => (
        <div key={row} className={styles.row}>
          <Socket socket={inputs[row]} side="inputs" blame={blamed?.get(inputs[row]?.name ?? "")} />
          <Socket socket={face.outputs[row]} side="outputs" />
        </div>
      ))}
    </div>
  );
}

interface SocketProps {
  readonly socket: SocketFace | undefined;
  readonly side: Side;
  readonly blame?: string | undefined;
}

/** More letters than this may not fit beside those of the other side. */
const LONG = 20;

function Socket({ socket, side, blame }: SocketProps) {
  const words = useStrings().canvas.node;
  if (!socket) return <span />;
  const { label, type, tooltip, optional, name } = socket;
  return (
    <span
      className={styles.socket}
      data-side={side}
      data-socket={name}
      data-long={label.length > LONG || undefined}
      data-optional={optional || undefined}
      data-blamed={blame !== undefined || undefined}
      title={[blame, words.socket(label, type), tooltip].filter(Boolean).join("\n")}
    >
      <Dot type={type} />
      <span className={styles.label}>{label}</span>
    </span>
  );
}

export function Dot({ type }: { readonly type: string }) {
  return <span className={styles.dot} style={{ background: css(colourOfType(type)) }} aria-hidden />;
}
