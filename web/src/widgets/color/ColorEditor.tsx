/** Choosing a colour: the kit's picker, its letters, and some that are often wanted. */

import { ColorInput, ColorPicker, Stack } from "@mantine/core";
import { useState } from "react";

import { newGesture } from "../props";

interface ColorEditorProps {
  readonly label: string;
  readonly color: string;
  readonly onColor: (color: string, gesture: string) => void;
}

const SWATCHES = [
  "#000000",
  "#4a4a4a",
  "#9b9b9b",
  "#ffffff",
  "#d0021b",
  "#f5a623",
  "#f8e71c",
  "#7ed321",
  "#50e3c2",
  "#4a90e2",
  "#9013fe",
  "#bd10e0",
  "#8b572a",
  "#417505",
];

export default function ColorEditor({ label, color, onColor }: ColorEditorProps) {
  /** One drag over the picker is one change; the next is another. */
  const [gesture, setGesture] = useState(newGesture);
  const format = /^#[0-9a-f]{8}$/i.test(color) ? "hexa" : "hex";
  /** What is being typed is not a colour at every letter. */
  const [typed, setTyped] = useState(color);
  const change = (next: string): void => {
    setTyped(next);
    if (/^#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i.test(next) && next !== color) onColor(next, gesture);
  };
  return (
    <Stack gap="xs">
      <ColorPicker
        fullWidth
        format={format}
        value={color}
        swatches={SWATCHES}
        swatchesPerRow={7}
        onChange={change}
        onChangeEnd={() => {
          setGesture(newGesture());
        }}
      />
      <ColorInput
        size="xs"
        format={format}
        value={typed}
        fixOnBlur={false}
        aria-label={label}
        withPicker={false}
        popoverProps={{ disabled: true }}
        onChange={change}
      />
    </Stack>
  );
}
