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

/** So large, a pixel of the picture is drawn as a square. */
const PIXELS_SHOW = 8;

/** How large a pixel of the picture is drawn where all of it fills the room. */
function fitOf({ naturalWidth, naturalHeight, offsetWidth, offsetHeight }: HTMLImageElement): number {
  return Math.min(offsetWidth / naturalWidth, offsetHeight / naturalHeight) || 1;
}

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
  const [large, setLarge] = useState(false);
  /** One pixel of the picture on one of the screen. */
  const fullSize = () => {
    if (image.current) void zoom.current?.centerView(Math.min(LARGEST, 1 / fitOf(image.current)), glide);
  };
  return (
    <>
      <TransformWrapper
        ref={zoom}
        minScale={0.05}
        maxScale={LARGEST}
        centerZoomedOut
        wheel={{ step: 0.12 }}
        doubleClick={{ mode: "toggle", step: 2 }}
        keyboard={{ disabled: false }}
        onTransform={(_, state) => {
          if (image.current) setLarge(state.scale * fitOf(image.current) >= PIXELS_SHOW);
        }}
      >
        <TransformComponent wrapperClass={classes.wrapper ?? ""} contentClass={classes.inner ?? ""}>
          <img
            ref={image}
            className={classes.picture}
            data-large={large}
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
