/** Dragging links by one end: new ones, or ones that were picked up. What takes them lights up meanwhile. */

import { strings } from "../../i18n/language";
import type { SocketPlace } from "../hit";
import { NOTHING } from "../transient";
import { LinkDrop, type Drop } from "./drop-link";
import type { Gesture, Ground, Pointer } from "./gesture";
import { holdLinks } from "./held-links";

export function dragLink(ground: Ground, start: Pointer, socket: SocketPlace): Gesture {
  const { surface, ui } = ground;
  const { editor, scene, transient } = surface;
  const { store } = editor.document;
  const held = holdLinks(surface, socket, start);
  const drop = new LinkDrop(surface, held);
  const lifted = new Set(held.flatMap(({ was }) => (was ? [was.key] : [])));

  function follow({ at }: Pointer): Drop {
    const { scale } = editor.view.getState().viewport;
    const found = drop.at(at, scene.hit(at, scale), scale);
    const free = found.kind === "socket" ? found.socket.at : at;
    transient.setState({
      links: held.map(({ fixed, side, type }) => ({ fixed, side, type, free })),
      lifted,
      accepts: (place) => drop.refusal(place) === null,
      target: found.kind === "socket" ? { kind: "socket", socket: found.socket } : null,
      refusal: found.kind === "refused" ? { at, reason: found.reason } : null,
    });
    return found;
  }

  function letGo(): void {
    const { links, lifted, accepts, target, refusal } = NOTHING;
    transient.setState({ links, lifted, accepts, target, refusal });
  }

  /** The links stay in sight while it is chosen what is to be put at their end. */
  function chooseNode(at: Pointer["at"]): void {
    const [first] = held;
    if (!first) return;
    const { links } = transient.getState();
    letGo();
    transient.setState({ links });
    ui.setState({ dialog: { kind: "add-node", at, from: { end: first.end, side: first.side, type: first.type } } });
    const unsubscribe = ui.subscribe(({ dialog }) => {
      if (dialog?.kind === "add-node") return;
      unsubscribe();
      letGo();
    });
  }

  return {
    cursor: "crosshair",
    pushes: true,
    move: follow,
    end(pointer) {
      const found = follow(pointer);
      const words = strings().gestures.done;
      if (found.kind === "empty" && lifted.size === 0) {
        chooseNode(pointer.at);
        return;
      }
      letGo();
      if (found.kind === "socket") {
        store.transact(lifted.size === 0 ? words.link : words.moveLinks, (transaction) => {
          drop.link(transaction, found.socket);
        });
      } else if (found.kind === "empty" && socket.side === "inputs") {
        store.transact(words.unlink, (transaction) => {
          drop.remove(transaction);
        });
      }
    },
    cancel: letGo,
  };
}
