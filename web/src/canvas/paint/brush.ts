/** What every painter is given. The context's transform is set: all is painted in the plane's own units. */

import type { Bounds, Key } from "../../document/records";
import type { NodeOverlay } from "../overlay";
import type { Scheme, Shades } from "../colours";
import { LOOKS, type Look } from "../look";

export interface Brush {
  readonly context: CanvasRenderingContext2D;
  readonly scheme: Scheme;
  readonly look: Look;
  /** The part of the plane that is to be painted. */
  readonly view: Bounds;
  readonly scale: number;
  readonly selected: ReadonlySet<Key>;
  readonly hover: Key | null;
  /** Links that are drawn elsewhere meanwhile. */
  readonly lifted: ReadonlySet<Key>;
  /** What the last run says of a node. */
  readonly overlay: (node: Key) => NodeOverlay | undefined;
}

export const lookOf = (scheme: Scheme): Look => LOOKS[scheme];
export const shade = ({ scheme }: Pick<Brush, "scheme">, shades: Shades): string => shades[scheme];
