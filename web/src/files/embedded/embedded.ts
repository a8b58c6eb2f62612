/** What a picture, or a saved latent, carries of the workflow that made it. */

import { exifOfAvif, isAvif } from "./avif";
import { exifOfJpeg, exifOfWebp, isJpeg, isWebp } from "./containers";
import { exifTexts } from "./exif";
import { isPng, textChunks } from "./png";
import { headerEnd, headerTexts } from "./safetensors";

export interface Embedded {
  /** The JSON text of the canvas. */
  readonly workflow: string | null;
  /** The JSON text of the same in API format. */
  readonly prompt: string | null;
}

/** Null where `bytes` are of no kind that carries any. Throws CutShortError. */
export async function embeddedIn(bytes: Uint8Array<ArrayBuffer>): Promise<Embedded | null> {
  if (isPng(bytes)) return named(await textChunks(bytes));
  if (isWebp(bytes)) return named(keyed(exifOfWebp(bytes)));
  if (isJpeg(bytes)) return named(keyed(exifOfJpeg(bytes)));
  if (isAvif(bytes)) return named(keyed(exifOfAvif(bytes)));
  if (headerEnd(bytes) !== null) return named(headerTexts(bytes));
  return null;
}

function named(texts: ReadonlyMap<string, string>): Embedded {
  return { workflow: texts.get("workflow") ?? null, prompt: texts.get("prompt") ?? null };
}

/** In EXIF each text has its own name before it: `workflow:{…}`. */
function keyed(exif: Uint8Array | null): Map<string, string> {
  const texts = exif === null ? [] : exifTexts(exif);
  return new Map(
    texts.flatMap((text) => {
      const [, name, rest] = /^(\w+):\s*(\{.*)$/s.exec(text) ?? [];
      return name === undefined || rest === undefined ? [] : [[name.toLowerCase(), rest] as const];
    }),
  );
}
