/** A step for a press, and more of them as long as it is held. */

import { newGesture } from "../props";

/** Milliseconds until a held press repeats, and between steps then. */
const PATIENCE = 400;
const PACE = 60;

/** Step at once and go on until the pointer is let go; all of it is one gesture. */
export function holdStep<T>(
  element: HTMLElement,
  pointer: number,
  from: T,
  next: (value: T) => T,
  set: (value: T, gesture: string) => void,
): void {
  const gesture = newGesture();
  let value = from;
  let timer: ReturnType<typeof setTimeout>;
  const step = (pause: number): void => {
    value = next(value);
    set(value, gesture);
    timer = setTimeout(() => {
      step(PACE);
    }, pause);
  };
  const stop = (): void => {
    clearTimeout(timer);
  };
  element.setPointerCapture(pointer);
  element.addEventListener("lostpointercapture", stop, { once: true });
  step(PATIENCE);
}
