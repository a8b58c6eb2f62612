/** Which letter of an element's text lies at a point of the window. */

/** The number of letters before it; null where the browser does not say. */
export function caretAt(element: Element, x: number, y: number): number | null {
  // Older browsers do not have it, whatever the types say.
  if (!("caretPositionFromPoint" in document)) return null;
  const found = document.caretPositionFromPoint(x, y);
  if (!found || !element.contains(found.offsetNode) || found.offsetNode.nodeType !== Node.TEXT_NODE) return null;
  return found.offset;
}
