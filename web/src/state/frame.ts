/** Work that is put off to the next frame, so that it is done once for all who asked for it. */

/** Browsers draw no frames for a page that nobody sees; it is done all the same, a little later (milliseconds). */
const UNSEEN = 250;

export interface Frame {
  /** Have it done in the next frame; asking again before then changes nothing. */
  ask(): void;
  cancel(): void;
}

export function nextFrame(work: () => void): Frame {
  let frame: number | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const cancel = (): void => {
    if (frame !== null) cancelAnimationFrame(frame);
    clearTimeout(timer);
    frame = null;
  };
  const run = (): void => {
    cancel();
    work();
  };
  return {
    ask: () => {
      if (frame !== null) return;
      frame = requestAnimationFrame(run);
      timer = setTimeout(run, UNSEEN);
    },
    cancel,
  };
}
