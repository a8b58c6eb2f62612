import { Anchor, Button, Group, Text, UnstyledButton } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useState } from "react";

import { pictureUrl } from "../client/http";
import { en } from "../i18n/en";
import type { Picture } from "../state/run";
import classes from "./Pictures.module.css";

/** One picture large, the latest unless another is chosen; all of the run as a strip below it. */
export function Pictures({ pictures }: { pictures: readonly Picture[] }) {
  const [chosen, choose] = useState<string | null>(null);
  const shown = pictures.find((picture) => pictureUrl(picture) === chosen) ?? pictures.at(-1);
  if (shown === undefined) return null;
  const url = pictureUrl(shown);
  return (
    <figure className={classes.figure}>
      <a className={classes.frame} href={url} target="_blank" rel="noreferrer" title={en.run.fullSize}>
        <img src={url} alt={en.run.pictureAlt(shown.filename)} />
      </a>
      {pictures.length > 1 && (
        <div className={classes.strip} role="group" aria-label={en.run.pictures}>
          {pictures.map((picture) => {
            const address = pictureUrl(picture);
            return (
              <UnstyledButton
                key={address}
                className={classes.thumbnail}
                aria-label={en.run.show(picture.filename)}
                aria-pressed={address === url}
                onClick={() => {
                  choose(address);
                }}
              >
                <img src={address} alt="" loading="lazy" />
              </UnstyledButton>
            );
          })}
        </div>
      )}
      <figcaption>
        <Group justify="center" gap="md">
          <Text size="sm" c="dimmed" truncate="end">
            {shown.type === "temp" ? en.run.temporary : [shown.subfolder, shown.filename].filter(Boolean).join("/")}
          </Text>
          <Anchor size="sm" href={url} target="_blank" rel="noreferrer">
            {en.run.fullSize}
          </Anchor>
          <Button
            component="a"
            href={url}
            download={shown.filename}
            size="xs"
            variant="default"
            leftSection={<IconDownload size={15} stroke={1.7} aria-hidden />}
          >
            {en.run.download}
          </Button>
        </Group>
      </figcaption>
    </figure>
  );
}
