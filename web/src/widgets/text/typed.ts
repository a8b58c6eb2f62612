/**
 * A text field's letters while they are typed. The workflow gets them at once, and says so a little later: meanwhile the
 * field may have gone on, and must not be set back. What somebody else makes of the text, as undoing does, it takes.
 */

import { useEffect, useRef, type RefObject } from "react";

interface Typed<Field> {
  readonly field: RefObject<Field | null>;
  /** To be told of each letter. */
  readonly typed: (text: string) => void;
}

/** `text`: as the workflow has it. */
export function useTyped<Field extends HTMLInputElement | HTMLTextAreaElement>(text: string): Typed<Field> {
  const field = useRef<Field>(null);
  /** What was typed and has not come back, oldest first. */
  const sent = useRef<string[]>([]);
  useEffect(() => {
    const at = sent.current.indexOf(text);
    if (at >= 0) sent.current.splice(0, at + 1);
    else {
      sent.current = [];
      if (field.current && field.current.value !== text) field.current.value = text;
    }
  }, [text]);
  const typed = (letters: string): void => {
    sent.current.push(letters);
  };
  return { field, typed };
}
