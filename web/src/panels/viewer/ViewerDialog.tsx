/** Pictures in full size: zoomed, compared, with how they were made. Comes in a chunk of its own. */

import { ActionIcon, CloseButton, Modal, Text, Tooltip, UnstyledButton } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconArrowsDiff, IconChevronLeft, IconChevronRight, IconDownload, IconInfoCircle } from "@tabler/icons-react";
import { useState } from "react";

import { pictureUrl, thumbnailUrlOf } from "../../client/http";
import { useApp } from "../../editor/app";
import { useStrings } from "../../i18n/language";
import type { Picture } from "../../state/run";
import { Compared } from "./Compared";
import { FactsPanel } from "./FactsPanel";
import { Stage } from "./Stage";
import classes from "./Viewer.module.css";

export interface ViewerDialogProps {
  readonly pictures: readonly Picture[];
  readonly index: number;
  readonly beside: number | null;
}

export default function ViewerDialog({ pictures, index, beside: comparedWith }: ViewerDialogProps) {
  const { ui } = useApp();
  const { viewer: words } = useStrings().run;
  const [shown, show] = useState(index);
  const [other, setOther] = useState(comparedWith);
  const [facts, setFacts] = useState(false);
  const [size, setSize] = useState<{ readonly url: string; readonly words: string } | null>(null);
  const picture = pictures[shown];
  const beside = other === null ? undefined : pictures[other];

  const close = () => {
    ui.setState({ dialog: null });
  };
  const step = (by: number) => {
    setOther(null);
    show((now) => (now + by + pictures.length) % pictures.length);
  };
  const compare = () => {
    setOther((now) => (now === null ? (shown === 0 ? 1 : shown - 1) : null));
  };
  const several = pictures.length > 1;
  useHotkeys([
    [
      "ArrowLeft",
      () => {
        if (several && other === null) step(-1);
      },
    ],
    [
      "ArrowRight",
      () => {
        if (several && other === null) step(1);
      },
    ],
    [
      "I",
      () => {
        setFacts((now) => !now);
      },
    ],
    [
      "C",
      () => {
        if (several) compare();
      },
    ],
  ]);
  if (!picture) return null;
  const url = pictureUrl(picture);

  return (
    <Modal.Root opened onClose={close} fullScreen padding={0} transitionProps={{ duration: 0 }}>
      <Modal.Content aria-label={words.heading} classNames={{ content: classes.content }}>
        <Modal.Body className={classes.body}>
          <div className={classes.bar}>
            <Text size="sm" truncate="end" className={classes.name}>
              {beside ? words.comparing(beside.filename, picture.filename) : picture.filename}
            </Text>
            {several && (
              <Text size="sm" c="dimmed" className={classes.figures}>
                {shown + 1} / {pictures.length}
              </Text>
            )}
            <div className={classes.tools}>
              {several && (
                <Tool label={words.compare} on={other !== null} onClick={compare}>
                  <IconArrowsDiff size={18} stroke={1.6} aria-hidden />
                </Tool>
              )}
              <Tool
                label={words.facts}
                on={facts}
                onClick={() => {
                  setFacts(!facts);
                }}
              >
                <IconInfoCircle size={18} stroke={1.6} aria-hidden />
              </Tool>
              <Tooltip label={words.download}>
                <ActionIcon
                  component="a"
                  href={url}
                  download={picture.filename}
                  size={36}
                  variant="subtle"
                  color="gray"
                  aria-label={words.download}
                >
                  <IconDownload size={18} stroke={1.6} aria-hidden />
                </ActionIcon>
              </Tooltip>
              <CloseButton size={36} iconSize={20} aria-label={words.close} onClick={close} />
            </div>
          </div>
          <div className={classes.main}>
            <div className={classes.stage}>
              {beside ? (
                <Compared one={beside} other={picture} />
              ) : (
                <Stage
                  key={url}
                  picture={picture}
                  onSize={(width, height) => {
                    setSize({ url, words: words.pixels(width, height) });
                  }}
                />
              )}
              {several && !beside && (
                <>
                  <Turn
                    side="left"
                    label={words.previous}
                    onClick={() => {
                      step(-1);
                    }}
                  />
                  <Turn
                    side="right"
                    label={words.next}
                    onClick={() => {
                      step(1);
                    }}
                  />
                </>
              )}
            </div>
            {facts && <FactsPanel picture={picture} size={size?.url === url ? size.words : null} onLeave={close} />}
          </div>
          {several && (
            <div className={classes.strip} role="group" aria-label={words.all}>
              {pictures.map((one, at) => (
                <UnstyledButton
                  key={pictureUrl(one)}
                  className={classes.thumbnail}
                  aria-label={other === null ? words.show(one.filename) : words.compareWith(one.filename)}
                  aria-pressed={at === shown || at === other}
                  data-other={at === other}
                  onClick={() => {
                    if (other === null) show(at);
                    else if (at !== shown) setOther(at);
                  }}
                >
                  <img src={thumbnailUrlOf(one, 128)} alt="" loading="lazy" decoding="async" />
                </UnstyledButton>
              ))}
            </div>
          )}
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

interface ToolProps {
  readonly label: string;
  readonly on: boolean;
  readonly onClick: () => void;
  readonly children: React.ReactNode;
}

function Tool({ label, on, onClick, children }: ToolProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon
        size={36}
        variant={on ? "light" : "subtle"}
        color={on ? undefined : "gray"}
        aria-label={label}
        aria-pressed={on}
        onClick={onClick}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

function Turn({ side, label, onClick }: { side: "left" | "right"; label: string; onClick: () => void }) {
  return (
    <Tooltip label={label}>
      <ActionIcon
        className={classes.turn}
        data-side={side}
        size={44}
        variant="default"
        aria-label={label}
        onClick={onClick}
      >
        {side === "left" ? <IconChevronLeft aria-hidden /> : <IconChevronRight aria-hidden />}
      </ActionIcon>
    </Tooltip>
  );
}
