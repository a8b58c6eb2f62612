/** What lies on the canvas and belongs to looking at it. */

import { useSettings } from "../../editor/app";
import type { CanvasSurface } from "../canvas-surface";
import styles from "./controls.module.css";
import { Minimap } from "./Minimap";
import { PathBar } from "./PathBar";
import { ZoomControls } from "./ZoomControls";

export function Controls({ surface }: { readonly surface: CanvasSurface }) {
  const minimap = useSettings((settings) => settings.minimap);
  return (
    <>
      <PathBar />
      <div className={styles.corner} data-own="">
        {minimap && <Minimap surface={surface} />}
        <ZoomControls />
      </div>
    </>
  );
}
