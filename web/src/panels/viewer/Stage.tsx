/** One picture that fills the room, zoomed and moved by pointer, keys and buttons. */

import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { useReducedMotion } from "@mantine/hooks";
import { IconMinus, IconPlus } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { TransformComponent, TransformWrapper, type ReactZoomPanPinchRef } from "react-zoom-pan-pinch";

import { pictureUrl } from "../../client/http";
import { useStrings } from "../../i18n/language";
import type { Picture } from "../../state/run";
import classes from "./Viewer.module.css";

const LARGEST = 32;
/** Milliseconds that a button's zoom takes. */
const GLIDE = 150;

export interface StageProps {
  readonly picture: Picture;
  /** In pixels, once it is known. */
  readonly onSize: (width: number, height: number) => void;
}

export function Stage({ picture, onSize }: StageProps) {
  const { viewer: words } = useStrings().run;
  const glide = useReducedMotion() ? 0 : GLIDE;
  const zoom = useRef<ReactZoomPanPinchRef>(null);
  const image = useRef<HTMLImageElement>(null);
  const [scale, setScale] = useState(1);
  /** One pixel of the picture on one of the screen. */
  const fullSize = () => {
    const { naturalWidth = 0, offsetWidth = 0 } = image.current ?? {};
    if (offsetWidth > 0) void zoom.current?.centerView(Math.min(LARGEST, naturalWidth / offsetWidth), glide);
  };
  return (
    <>
      <TransformWrapper
        ref={zoom}
        minScale={0.2}
        maxScale={LARGEST}
        centerZoomedOut
        wheel={{ step: 0.12 }}
        doubleClick={{ mode: "toggle", step: 2 }}
        keyboard={{ disabled: false }}
        onTransform={(_, state) => {
          setScale(state.scale);
        }}
      >
        <TransformComponent wrapperClass={classes.wrapper ?? ""} contentClass={classes.inner ?? ""}>
          <img
            ref={image}
            className={classes.picture}
            data-large={scale >= 6}
            src={pictureUrl(picture)}
            alt={words.pictureAlt(picture.filename)}
            draggable={false}
            onLoad={({ currentTarget }) => {
              onSize(currentTarget.naturalWidth, currentTarget.naturalHeight);
            }}
          />
        </TransformComponent>
      </TransformWrapper>
      <div className={classes.zoom} role="group" aria-label={words.zoom}>
        <Tooltip label={words.zoomOut}>
          <ActionIcon
            size={36}
            variant="default"
            aria-label={words.zoomOut}
            onClick={() => void zoom.current?.zoomOut(0.5, glide)}
          >
            <IconMinus size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
        <Button size="sm" variant="default" onClick={() => void zoom.current?.resetTransform(glide)}>
          {words.fit}
        </Button>
        <Button size="sm" variant="default" onClick={fullSize}>
          1:1
        </Button>
        <Tooltip label={words.zoomIn}>
          <ActionIcon
            size={36}
            variant="default"
            aria-label={words.zoomIn}
            onClick={() => void zoom.current?.zoomIn(0.5, glide)}
          >
            <IconPlus size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </div>
    </>
  );
}
