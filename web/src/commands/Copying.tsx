/** What a button needs that copies a text: how to, and whether it was just done. Where the browser refuses, that is said. */

import { useTimeout } from "@mantine/hooks";
import { useState, type ReactNode } from "react";

import { writeClipboard } from "./clipboard";

/** Milliseconds that a button says that it has copied. */
const SAID = 1000;

interface CopyingProps {
  readonly value: string;
  readonly children: (state: { readonly copied: boolean; readonly copy: () => void }) => ReactNode;
}

export function Copying({ value, children }: CopyingProps) {
  const [copied, setCopied] = useState(false);
  const { start } = useTimeout(() => {
    setCopied(false);
  }, SAID);
  const copy = async (): Promise<void> => {
    if (!(await writeClipboard(value))) return;
    setCopied(true);
    start();
  };
  return children({ copied, copy: () => void copy() });
}
