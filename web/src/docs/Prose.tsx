/** Descriptions: paragraphs with code in backticks. */

import { Code, Text } from "@mantine/core";
import { Fragment } from "react";

export function Prose({ text }: { text: string }) {
  return text
    .split(/\n\n+/)
    .filter((paragraph) => paragraph.trim() !== "")
    .map((paragraph, place) => (
      <Text key={place} component="p" size="sm" my={6}>
        <Phrase text={paragraph} />
      </Text>
    ));
}

export function Phrase({ text }: { text: string }) {
  return text
    .split("`")
    .map((part, place) =>
      place % 2 === 1 ? <Code key={place}>{part}</Code> : <Fragment key={place}>{part}</Fragment>,
    );
}
