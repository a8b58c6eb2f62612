/** Where on the page each part has its place: header, banners, rail, panel, canvas. Knows none of them. */

import type { ReactNode } from "react";

import { useStrings } from "../i18n/language";
import classes from "./Shell.module.css";

export const CANVAS_ID = "canvas";
/** Where menus and dialogs stand in the document: in a landmark, so that who goes from one to the next passes them. */
export const OVERLAYS_ID = "overlays";

export interface ShellProps {
  readonly header: ReactNode;
  /** What cannot wait, in full width under the header. */
  readonly banners: ReactNode;
  readonly rail: ReactNode;
  /** Beside the canvas; null while none is open. */
  readonly panel: ReactNode;
  /** The canvas and what stands at its edges. */
  readonly children: ReactNode;
}

export function Shell({ header, banners, rail, panel, children }: ShellProps) {
  const { shell } = useStrings();
  return (
    <div className={classes.page}>
      <a className={classes.skip} href={`#${CANVAS_ID}`}>
        {shell.skipToCanvas}
      </a>
      {header}
      <div className={classes.banners}>{banners}</div>
      <div className={classes.body}>
        {rail}
        {panel}
        <main id={CANVAS_ID} className={classes.main} tabIndex={-1}>
          {children}
          <div id={OVERLAYS_ID} className={classes.overlays} />
        </main>
      </div>
    </div>
  );
}
