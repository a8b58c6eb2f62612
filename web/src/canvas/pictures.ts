/** The pictures that nodes show: those of the last run, or the one that a node loads. */

import type { NodeFace } from "../classes/types";
import type { Picture } from "../state/run";
import { fromName, type StoredPicture } from "../widgets/picture/annotated";

/** The picture that one of the node's widgets names; null where none does. */
export function loadedPicture({ widgets }: Pick<NodeFace, "widgets">): StoredPicture | null {
  for (const { spec, value } of widgets) {
    if (spec.kind !== "combo" || spec.upload === null) continue;
    if (typeof value === "string" && value !== "") return fromName(value, spec.upload.folder);
  }
  return null;
}

/** A lighter copy, of the same size. */
export function previewUrl({ filename, subfolder, type }: StoredPicture): string {
  return `/api/view?${new URLSearchParams({ filename, subfolder, type, preview: "webp;80" }).toString()}`;
}

/**
 * Of either side the first picture, where all are of one node that compares; else null. A subgraph shows those of all its
 * nodes, of which none may be hidden.
 */
export function pairOf(pictures: readonly Picture[]): readonly [number, number] | null {
  if (new Set(pictures.map(({ node }) => node)).size !== 1) return null;
  const [one, other] = [pictures.findIndex(({ side }) => side === "a"), pictures.findIndex(({ side }) => side === "b")];
  return one < 0 || other < 0 ? null : [one, other];
}
