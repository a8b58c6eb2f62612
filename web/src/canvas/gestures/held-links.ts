/** Which links a press on a socket takes in the hand. */

import type { Side } from "../../document/edit-sockets";
import { linksInto, linksOutOf } from "../../document/edit-links";
import { courseTo, rerouteById } from "../../document/course";
import type { LinkEnd, LinkRecord, Point } from "../../document/records";
import type { Board } from "../actions/board";
import type { SocketPlace } from "../hit";
import type { Held } from "./gesture";

export interface HeldLink {
  /** The end that stays where it is, and the side of the socket there. */
  readonly end: LinkEnd;
  readonly side: Side;
  readonly type: string;
  /** From where it is drawn: that socket, or the bend next to the end in the hand. */
  readonly fixed: Point;
  /** The link that was picked up; null: a new one. */
  readonly was: LinkRecord | null;
}

/**
 * From an input that is linked, its link is picked up; with Shift a second one is drawn from the same origin. From an
 * output a new one is drawn; with Shift all that leave it are picked up.
 */
export function holdLinks(board: Board, socket: SocketPlace, { shift }: Held): HeldLink[] {
  const { store } = board.editor.document;
  const { graph } = board.editor;
  if (socket.side === "inputs") {
    const [link] = linksInto(store, graph, socket.end);
    if (link) return [pickedUp(board, link, "outputs", shift ? null : link)];
  } else if (shift) {
    const links = linksOutOf(store, graph, socket.end);
    if (links.length > 0) return links.map((link) => pickedUp(board, link, "inputs", link));
  }
  return [newLink(socket)];
}

export function newLink({ end, side, type, at }: SocketPlace): HeldLink {
  return { end, side, type, fixed: at, was: null };
}

/** `side` is that of the end that stays. */
function pickedUp({ editor, scene }: Board, link: LinkRecord, side: Side, was: LinkRecord | null): HeldLink {
  const end = side === "outputs" ? link.origin : link.target;
  const bends = courseTo(link.parent, rerouteById(editor.document.store.members(editor.graph, "reroute")));
  const bend = was && (side === "outputs" ? bends.at(0) : bends.at(-1));
  const place = scene.socket(end.node, side, end.slot);
  return { end, side, type: place?.type ?? link.type, fixed: bend?.position ?? place?.at ?? { x: 0, y: 0 }, was };
}
