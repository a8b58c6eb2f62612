/** The size that a new node is given: room for all it shows, as wide as its words need, and a page for its texts. */

import type { NodeFace } from "../classes/types";
import type { Size } from "../document/records";
import { isNote, isTall, layoutOf, textWidth, NOTHING_SHOWN } from "./layout";

const TEXT: Size = { width: 400, height: 100 };
const NOTE: Size = { width: 300, height: 160 };
/** A name at the left and a value at the right. */
const WIDGET_WIDTH = 270;
/** Of a title what stands beside it; of sockets the dots, and what keeps both sides apart. */
const BESIDE_TITLE = 60;
const BESIDE_SOCKETS = 60;

export function measure(face: NodeFace): Size {
  if (isNote(face)) return NOTE;
  const blank = { ...face, record: { ...face.record, size: { width: 0, height: 0 }, collapsed: false } };
  const { least } = layoutOf(blank, NOTHING_SHOWN);
  if (face.kind === "reroute") return least;
  const texts = face.widgets.filter(isTall).length;
  const wide = texts > 0 ? TEXT.width : face.widgets.length > 0 ? WIDGET_WIDTH : 0;
  const width = Math.max(least.width, wide, textWidth(face.title) + BESIDE_TITLE, socketsWidth(face));
  return { width: Math.ceil(width / 10) * 10, height: least.height + texts * TEXT.height };
}

/** An input's name and the output's in the same row side by side. */
function socketsWidth({ inputs, outputs }: NodeFace): number {
  const left = inputs.filter(({ widget }) => widget === null);
  const rows = Array.from({ length: Math.max(left.length, outputs.length) }, (_, row) => {
    const words = [left[row]?.label ?? "", outputs[row]?.label ?? ""];
    return textWidth(words.join("")) + BESIDE_SOCKETS;
  });
  return Math.max(0, ...rows);
}
