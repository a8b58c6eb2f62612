/** Whose an event is: the canvas's, or that of a control that lies on it. */

/** Widgets, texts and buttons hear their own pointers and keys. */
export function isOwn(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("[data-own]") !== null;
}

export function isText(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input, textarea, [contenteditable]") !== null;
}

/** What is being edited scrolls under the wheel. All else does not, or the canvas would stand still wherever it lies. */
export function takesWheel(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(".nowheel") !== null;
}

/** Whether a key that is pressed there is meant for the canvas: nothing else has the keyboard. */
export function isFree(target: EventTarget | null, canvas: HTMLElement): boolean {
  if (target === document.body) return true;
  return target instanceof Node && canvas.contains(target) && !isOwn(target);
}
