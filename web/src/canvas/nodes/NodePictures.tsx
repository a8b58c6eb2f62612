/** The pictures in a node: the one in progress, else those of the last run, else the one that the node loads. */

import { useState } from "react";

import type { NodeFace } from "../../classes/types";
import type { Bounds } from "../../document/records";
import { useApp, useSettings } from "../../editor/app";
import { useStrings } from "../../i18n/language";
import type { Picture } from "../../state/run";
import type { NodeOverlay } from "../overlay";
import { loadedPicture, pairOf, previewUrl } from "../pictures";
import styles from "./node.module.css";
import { NodeCompare } from "./NodeCompare";

interface NodePicturesProps {
  readonly face: NodeFace;
  readonly overlay: NodeOverlay | undefined;
  readonly bounds: Bounds;
}

export function NodePictures({ face, overlay, bounds }: NodePicturesProps) {
  const words = useStrings().canvas.picture;
  const { width, height } = bounds;
  const previews = useSettings((settings) => settings.previews);
  if (previews && overlay?.preview != null) {
    return (
      <div className={styles.pictures} style={{ width, height }}>
        <div className={styles.picture}>
          <img src={overlay.preview} alt={words.preview} draggable={false} />
        </div>
      </div>
    );
  }
  const shown = overlay?.pictures ?? [];
  const loaded = shown.length === 0 ? loadedPicture(face) : null;
  const pictures = loaded ? [{ ...loaded, node: String(face.record.id) }] : shown;
  const grid = <PictureGrid pictures={pictures} bounds={bounds} />;
  const pair = pairOf(pictures);
  if (pair === null) return grid;
  const key = pictures.map(previewUrl).join(" ");
  return <NodeCompare key={key} pictures={pictures} pair={pair} bounds={bounds} otherwise={grid} />;
}

interface PictureGridProps {
  readonly pictures: readonly Picture[];
  readonly bounds: Bounds;
}

function PictureGrid({ pictures, bounds: { width, height } }: PictureGridProps) {
  const { ui } = useApp();
  const columns = Math.ceil(Math.sqrt(pictures.length));
  const grid = { gridTemplateColumns: `repeat(${columns}, 1fr)`, gridAutoRows: "1fr" };
  return (
    <div className={styles.pictures} style={{ width, height, ...grid }}>
      {pictures.map((picture, index) => (
        <PictureButton
          key={previewUrl(picture)}
          picture={picture}
          onShow={() => {
            ui.setState({ dialog: { kind: "viewer", pictures, index } });
          }}
        />
      ))}
    </div>
  );
}

interface PictureButtonProps {
  readonly picture: Picture;
  readonly onShow: () => void;
}

function PictureButton({ picture: { filename, ...place }, onShow }: PictureButtonProps) {
  const words = useStrings().canvas.picture;
  const [gone, setGone] = useState(false);
  if (gone) return <span className={`${styles.picture} ${styles.gone}`}>{words.gone(filename)}</span>;
  return (
    <button
      type="button"
      className={`${styles.picture} nopan`}
      data-own=""
      data-picture={filename}
      aria-label={words.show(filename)}
      onClick={onShow}
    >
      <img
        src={previewUrl({ filename, ...place })}
        alt={words.loaded(filename)}
        draggable={false}
        onError={() => {
          setGone(true);
        }}
      />
    </button>
  );
}
