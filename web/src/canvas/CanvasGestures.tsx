/** What pointer, keys and clipboard do on the canvas that this stands in, and the menu that opens there. */

import { useEffect, useState } from "react";

import { useApp } from "../editor/app";
import { hearClipboard } from "./gestures/clipboard-events";
import { Hearing } from "./gestures/hearing";
import { AboutNode } from "./menus/AboutNode";
import { ContextMenu } from "./menus/ContextMenu";
import { createMenu } from "./menus/menu-store";
import { useSurface } from "./surface";

export function CanvasGestures() {
  const { settings, ui } = useApp();
  const surface = useSurface();
  const [menu] = useState(createMenu);
  useEffect(() => {
    const hearing = new Hearing({ surface, settings, ui, menu });
    const deafen = hearClipboard({ surface, ui, pointerAt: () => hearing.pointerAt() });
    return () => {
      deafen();
      hearing.stop();
    };
  }, [surface, settings, ui, menu]);
  return (
    <>
      <ContextMenu menu={menu} />
      <AboutNode />
    </>
  );
}
