/** A text in the place of a title. Enter and leaving it keep what was typed, Escape does not. */

import { useLayoutEffect, useRef } from "react";

interface TitleEditorProps {
  readonly title: string;
  readonly label: string;
  readonly className: string | undefined;
  readonly style?: React.CSSProperties;
  /** Null: as it was. */
  readonly onDone: (title: string | null) => void;
}

export function TitleEditor({ title, label, className, style, onDone }: TitleEditorProps) {
  const input = useRef<HTMLInputElement>(null);
  /** Taking the text away makes it lose the focus, which is no second answer. */
  const answered = useRef(false);
  const done = (name: string | null): void => {
    if (answered.current) return;
    answered.current = true;
    onDone(name);
  };
  useLayoutEffect(() => {
    input.current?.focus({ preventScroll: true });
    input.current?.select();
  }, []);
  return (
    <input
      ref={input}
      className={`${className ?? ""} nopan`}
      style={style}
      data-own=""
      aria-label={label}
      defaultValue={title}
      onBlur={(event) => {
        done(event.currentTarget.value);
      }}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.nativeEvent.isComposing) return;
        if (event.key === "Enter") done(event.currentTarget.value);
        if (event.key === "Escape") done(null);
      }}
    />
  );
}
