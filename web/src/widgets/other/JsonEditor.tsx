/** A value as JSON text; what is none is refused with the reason. */

import { Button, Group, Stack, Textarea } from "@mantine/core";
import { useState } from "react";

import { INDENTED, parseJson, writeJson, type Json } from "../../document/json";
import { useStrings } from "../../i18n/language";

interface JsonEditorProps {
  readonly label: string;
  readonly value: Json;
  /** Undefined: it is to stay as it was. */
  readonly onDone: (value: Json | undefined) => void;
}

export default function JsonEditor({ label, value, onDone }: JsonEditorProps) {
  const { widgets: words } = useStrings();
  const [text, setText] = useState(() => writeJson(value, INDENTED));
  const [wrong, setWrong] = useState<string | null>(null);
  const keep = (): void => {
    try {
      onDone(parseJson(text));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      setWrong(words.other.noJson(error.message));
    }
  };
  return (
    <Stack gap="xs">
      <Textarea
        label={label}
        description={words.other.json}
        autosize
        minRows={3}
        maxRows={14}
        styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
        value={text}
        error={wrong}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setWrong(null);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) keep();
          if (event.key !== "Escape") event.stopPropagation();
        }}
      />
      <Group justify="flex-end" gap="xs">
        <Button
          size="xs"
          variant="default"
          onClick={() => {
            onDone(undefined);
          }}
        >
          {words.other.cancel}
        </Button>
        <Button size="xs" onClick={keep}>
          {words.other.keep}
        </Button>
      </Group>
    </Stack>
  );
}
