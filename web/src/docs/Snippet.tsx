/** Text for a program, to be copied. */

import { ActionIcon, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";

import { Copying } from "../commands/Copying";
import classes from "./Docs.module.css";
import { useWords } from "./words";

export function Snippet({ text, label }: { text: string; label: string }) {
  const words = useWords();
  return (
    <div className={classes.snippet}>
      <pre tabIndex={0} role="group" aria-label={label}>
        {text}
      </pre>
      <Copying value={text}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? words.copied : words.copy} withinPortal={false}>
            <ActionIcon
              className={classes.copy}
              variant="subtle"
              color="gray"
              size="sm"
              aria-label={`${words.copy}: ${label}`}
              onClick={copy}
            >
              {copied ? <IconCheck size={15} aria-hidden /> : <IconCopy size={15} aria-hidden />}
            </ActionIcon>
          </Tooltip>
        )}
      </Copying>
    </div>
  );
}
