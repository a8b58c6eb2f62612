/** What every scheme of drawing is: a component that fills the page and tells how its viewport is set. */

import type { ComponentType } from "react";

import type { Viewport } from "../../contract.ts";
import type { SurfaceKind } from "../surface.ts";

export interface SchemeProps {
  /** Which canvas a scheme with one uses. */
  readonly surface: SurfaceKind;
  /** Called once, when the scheme can be used. */
  readonly onReady: (setViewport: (viewport: Viewport) => void) => void;
}

export type Scheme = ComponentType<SchemeProps>;
