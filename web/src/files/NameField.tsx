/** A name that is being changed where it stands. Enter or going elsewhere takes it, Escape does not. */

import { TextInput } from "@mantine/core";
import { useEffect, useRef, useState } from "react";

/** Milliseconds. A menu from which the name was to be changed gives the focus back where it was, before it comes here. */
const AFTER_MENU = 30;

export interface NameFieldProps {
  readonly label: string;
  readonly value: string;
  /** What is proposed is a name as good as another. */
  readonly keepsValue?: boolean;
  /** The new name; null where it stays. */
  readonly onDone: (name: string | null) => void;
}

export function NameField({ label, value, keepsValue = false, onDone }: NameFieldProps) {
  const [name, setName] = useState(value);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const timer = setTimeout(() => field.current?.focus(), AFTER_MENU);
    return () => {
      clearTimeout(timer);
    };
  }, []);
  const done = (): void => {
    const given = name.trim();
    onDone(given === "" || (given === value && !keepsValue) ? null : given);
  };
  return (
    <TextInput
      aria-label={label}
      value={name}
      size="xs"
      ref={field}
      onFocus={(event) => {
        event.currentTarget.select();
      }}
      onChange={(event) => {
        setName(event.currentTarget.value);
      }}
      onBlur={done}
      onKeyDown={(event) => {
        // The keys are the name's alone.
        event.stopPropagation();
        if (event.key === "Enter" && !event.nativeEvent.isComposing) done();
        if (event.key === "Escape") {
          event.preventDefault();
          onDone(null);
        }
      }}
    />
  );
}
