/**
 * Where the parts of a node lie, measured from the upper left corner of its body, above which the title stands. The
 * DOM, the canvas, hit tests and links all take it from here, so none can disagree. The file's size is never changed by
 * drawing: where the content needs more, the node is only drawn larger.
 */

import type { NodeFace, SocketFace, WidgetFace } from "../classes/types";
import type { Bounds, Point, Size } from "../document/records";

export const TITLE_HEIGHT = 30;
export const ROW_HEIGHT = 20;
export const WIDGET_HEIGHT = 24;
/** Of a text of several lines, at least. */
export const TEXT_HEIGHT = 66;
/** Of pictures, at least. */
export const PICTURE_HEIGHT = 160;
/** Of what the node says in words, at least. */
export const SAID_HEIGHT = 84;
/** Between a widget and the edges of its node. */
export const INSET = 10;
const TOP = 4;
const BOTTOM = 8;
const LEAST_WIDTH = 100;
const REROUTE: Size = { width: 40, height: 26 };

export interface NodeLayout {
  /** Zero where there is no title. */
  readonly title: number;
  /** Of the body as it is drawn; a collapsed node has none. */
  readonly size: Size;
  /** What the content needs. */
  readonly least: Size;
  /** With the title. */
  readonly bounds: Bounds;
  readonly collapsed: boolean;
  /** The dots of the face's inputs and outputs, in its order; a note has none. */
  readonly inputs: readonly Point[];
  readonly outputs: readonly Point[];
  /** How many rows of sockets there are above the widgets. */
  readonly rows: number;
  /** In the face's order; of a collapsed node, none. */
  readonly widgets: readonly Bounds[];
  readonly said: Bounds | null;
  readonly pictures: Bounds | null;
}

/** What came of a run that the node has to show. */
export interface Shown {
  readonly picture: boolean;
  /** It says something in words. */
  readonly text: boolean;
}

export const NOTHING_SHOWN: Shown = { picture: false, text: false };

export function layoutOf(face: NodeFace, shown: Shown): NodeLayout {
  if (face.record.collapsed) return collapsed(face);
  if (face.kind === "reroute") return reroute(face);
  return whole(face, shown);
}

function whole(face: NodeFace, shown: Shown): NodeLayout {
  const { size } = face.record;
  const notes = isNote(face);
  const rowOf = rows(face.inputs);
  const count = Math.max(face.inputs.filter(hasRow).length, face.outputs.length);
  const top = count > 0 ? TOP + ROW_HEIGHT * count + 2 : notes ? 0 : 6;

  const fixed = face.widgets.filter((widget) => !isTall(widget)).length * WIDGET_HEIGHT;
  const tall = face.widgets.filter(isTall).length;
  const pictures = shown.picture ? PICTURE_HEIGHT + BOTTOM : 0;
  const said = shown.text ? SAID_HEIGHT + BOTTOM : 0;
  const least = {
    width: LEAST_WIDTH,
    height: top + fixed + tall * TEXT_HEIGHT + said + pictures + (notes ? 0 : BOTTOM),
  };
  const drawn = { width: Math.max(size.width, least.width), height: Math.max(size.height, least.height) };

  // What is left over goes to the texts that can be written, or else to the pictures, or else to what the node says.
  const spare = drawn.height - least.height;
  const text = TEXT_HEIGHT + (tall > 0 ? spare / tall : 0);
  const widgets: Bounds[] = [];
  const inset = notes ? 0 : INSET;
  let y = top;
  for (const widget of face.widgets) {
    const height = isTall(widget) ? text : WIDGET_HEIGHT;
    widgets.push({ x: inset, y, width: drawn.width - 2 * inset, height });
    y += height;
  }
  const left = drawn.height - y - BOTTOM - 4;
  const room = { x: INSET, width: drawn.width - 2 * INSET };
  const saidHeight = shown.picture ? SAID_HEIGHT : left;
  return {
    title: TITLE_HEIGHT,
    size: drawn,
    least,
    bounds: { x: 0, y: -TITLE_HEIGHT, width: drawn.width, height: drawn.height + TITLE_HEIGHT },
    collapsed: false,
    inputs: notes
      ? []
      : face.inputs.map((socket, index) => {
          const at = socket.widget === null ? undefined : widgets[socket.widget];
          return { x: 0, y: at ? at.y + WIDGET_HEIGHT / 2 : dotY(rowOf[index] ?? 0) };
        }),
    outputs: face.outputs.map((_, index) => ({ x: drawn.width, y: dotY(index) })),
    rows: count,
    widgets,
    said: shown.text ? { ...room, y: y + 4, height: saidHeight } : null,
    pictures: shown.picture ? { ...room, y: y + said + 4, height: left - said } : null,
  };
}

/** Only the title is left, and all links end at its ends. */
function collapsed(face: NodeFace): NodeLayout {
  const width = Math.max(80, Math.min(face.record.size.width, textWidth(face.title) + 54));
  const y = -TITLE_HEIGHT / 2;
  return {
    title: TITLE_HEIGHT,
    size: { width, height: 0 },
    least: { width, height: 0 },
    bounds: { x: 0, y: -TITLE_HEIGHT, width, height: TITLE_HEIGHT },
    collapsed: true,
    inputs: face.inputs.map(() => ({ x: 0, y })),
    outputs: face.outputs.map(() => ({ x: width, y })),
    rows: 0,
    widgets: [],
    said: null,
    pictures: null,
  };
}

/** A node of that class, not a bend of a link: no title, and a dot at each end. */
function reroute(face: NodeFace): NodeLayout {
  const { size } = face.record;
  const drawn = { width: Math.max(size.width, REROUTE.width), height: Math.max(size.height, REROUTE.height) };
  const y = drawn.height / 2;
  return {
    title: 0,
    size: drawn,
    least: REROUTE,
    bounds: { x: 0, y: 0, ...drawn },
    collapsed: false,
    inputs: face.inputs.map(() => ({ x: 0, y })),
    outputs: face.outputs.map(() => ({ x: drawn.width, y })),
    rows: 0,
    widgets: [],
    said: null,
    pictures: null,
  };
}

/** A text of several lines takes what room there is. */
export function isTall({ spec }: WidgetFace): boolean {
  return spec.kind === "text" && spec.multiline;
}

/** Notes are all text, and nothing links to them. */
export function isNote({ kind }: NodeFace): boolean {
  return kind === "note" || kind === "markdown";
}

const hasRow = ({ widget }: SocketFace): boolean => widget === null;

/** Which row each socket is in, those in a widget's row not counted. */
function rows(sockets: readonly SocketFace[]): number[] {
  let next = 0;
  return sockets.map((socket) => (hasRow(socket) ? next++ : 0));
}

const dotY = (row: number): number => TOP + ROW_HEIGHT * (row + 0.5);

/** About how wide a title is, without asking the browser. */
export function textWidth(text: string): number {
  let width = 0;
  for (const letter of text) width += letter < "\u2e80" ? 7 : 13;
  return width;
}
