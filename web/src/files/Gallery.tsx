/** The workflows that came with the server, each with a picture of what it paints. */

import { Text, UnstyledButton } from "@mantine/core";
import { useEffect, useState } from "react";

import { useApp } from "../editor/app";
import { useStrings } from "../i18n/language";
import { useServer } from "../state/server";
import { fetchExamples, thumbnailUrl, titleOfExample } from "./examples";
import { openExample } from "./open";
import classes from "./Gallery.module.css";

export interface GalleryProps {
  /** One was opened. */
  readonly onOpen?: () => void;
  /** Small, one below the other. */
  readonly compact?: boolean;
}

export function Gallery({ onOpen, compact = false }: GalleryProps) {
  const app = useApp();
  const { files: words } = useStrings();
  const link = useServer((server) => server.link);
  const [examples, setExamples] = useState<readonly string[]>([]);
  useEffect(() => {
    void fetchExamples().then((names) => {
      if (names.length > 0) setExamples(names);
    });
  }, [link]); // it may have been away

  const { about, titles } = words.gallery;
  if (examples.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {words.gallery.none}
      </Text>
    );
  }
  return (
    <ul className={compact ? classes.list : classes.cards} aria-label={words.gallery.heading}>
      {examples.map((name) => (
        <li key={name}>
          <UnstyledButton
            className={classes.card}
            onClick={() => {
              onOpen?.();
              void openExample(app, name);
            }}
          >
            <span className={classes.picture}>
              <img
                src={thumbnailUrl(name)}
                alt=""
                loading="lazy"
                onError={(event) => {
                  event.currentTarget.hidden = true; // an example without a thumbnail
                }}
              />
            </span>
            <span className={classes.words}>
              <span className={classes.title}>{titles[name] ?? titleOfExample(name)}</span>
              <span className={classes.about}>{about[name]}</span>
            </span>
          </UnstyledButton>
        </li>
      ))}
    </ul>
  );
}
