/** Below the canvas: what the runs of the shown workflow made, newest first, and the picture in progress. */

import { ActionIcon, Text, Tooltip, UnstyledButton } from "@mantine/core";
import { IconChevronDown, IconPhoto } from "@tabler/icons-react";
import { useShallow } from "zustand/shallow";

import { pictureUrl, thumbnailUrlOf } from "../client/http";
import { useActiveTab, useApp, useSettings } from "../editor/app";
import { useStrings } from "../i18n/language";
import { isOver, type Picture } from "../state/run";
import { useRuns } from "../state/runs";
import classes from "./PicturesStrip.module.css";

/** So many are at hand; the history has them all. */
const SHOWN = 60;

export function PicturesStrip() {
  const { strip: words } = useStrings().run;
  const { settings } = useApp();
  const open = useSettings((set) => set.pictures);
  const pictures = usePictures();
  const preview = usePreview();
  if (pictures.length === 0 && preview === null) return null;
  const toggle = () => {
    settings.setState({ pictures: !open });
  };
  if (!open) {
    return (
      <UnstyledButton className={classes.folded} aria-expanded={false} onClick={toggle}>
        <IconPhoto size={16} stroke={1.6} aria-hidden />
        <Text span size="sm">
          {words.unfold(pictures.length)}
        </Text>
      </UnstyledButton>
    );
  }
  return (
    <section className={classes.strip} aria-label={words.heading}>
      <Tooltip label={words.fold} position="right">
        <ActionIcon variant="subtle" color="gray" size={36} aria-label={words.fold} aria-expanded onClick={toggle}>
          <IconChevronDown size={18} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <ul className={classes.pictures}>
        {preview !== null && (
          <li className={classes.picture} data-preview>
            <img src={preview} alt={words.preview} />
          </li>
        )}
        {pictures.slice(0, SHOWN).map((picture, index) => (
          <Thumbnail key={pictureUrl(picture)} picture={picture} index={index} pictures={pictures} />
        ))}
      </ul>
    </section>
  );
}

interface ThumbnailProps {
  readonly picture: Picture;
  readonly index: number;
  readonly pictures: readonly Picture[];
}

function Thumbnail({ picture, index, pictures }: ThumbnailProps) {
  const { ui } = useApp();
  const { viewer } = useStrings().run;
  return (
    <li className={classes.picture}>
      <UnstyledButton
        aria-label={viewer.show(picture.filename)}
        title={picture.filename}
        onClick={() => {
          ui.setState({ dialog: { kind: "viewer", pictures, index } });
        }}
      >
        <img
          src={thumbnailUrlOf(picture)}
          alt=""
          loading="lazy"
          decoding="async"
          onError={(event) => {
            event.currentTarget.hidden = true; // its file is gone
          }}
        />
      </UnstyledButton>
    </li>
  );
}

/** Of one file that several runs showed, the latest mention counts. */
function usePictures(): readonly Picture[] {
  const jobs = useActiveTab()?.jobs ?? [];
  const shown = useRuns(useShallow(({ runs }) => jobs.map((job) => runs.get(job)?.pictures ?? NONE)));
  const newest = new Map<string, Picture>();
  for (const pictures of shown.toReversed()) {
    for (const picture of pictures.toReversed()) {
      const url = pictureUrl(picture);
      if (!newest.has(url)) newest.set(url, picture);
    }
  }
  return [...newest.values()];
}

function usePreview(): string | null {
  const jobs = useActiveTab()?.jobs ?? [];
  return useRuns(({ runs, previews }) => {
    const running = jobs.find((job) => {
      const run = runs.get(job);
      return run !== undefined && !isOver(run) && previews.has(job);
    });
    return (running && previews.get(running)?.url) ?? null;
  });
}

const NONE: readonly Picture[] = [];
