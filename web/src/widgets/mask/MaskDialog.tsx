/** Painting the mask of a picture: a dialog over the whole page. Knows no node; it is told the picture and hands one back. */

import { ActionIcon, Alert, Button, Center, Group, Loader, Modal, Text } from "@mantine/core";
import { IconMaximize, IconZoomIn, IconZoomOut } from "@tabler/icons-react";
import { useCallback, useEffect, useRef, useState, type KeyboardEvent } from "react";
import { useStore } from "zustand";

import { useStrings } from "../../i18n/language";
import type { StoredPicture } from "../picture/annotated";
import { loadMask, NoPictureError, saveMask } from "./load";
import styles from "./Mask.module.css";
import { MaskStage } from "./MaskStage";
import { MaskTools } from "./MaskTools";
import { MaskSession } from "./session";
import { zoomed, type PictureView } from "./viewport";

interface MaskDialogProps {
  readonly picture: StoredPicture;
  readonly onSaved: (masked: StoredPicture) => void;
  readonly onClose: () => void;
}

type Loading = { readonly session: MaskSession; readonly url: string } | "loading" | "failed";

export default function MaskDialog({ picture, onSaved, onClose }: MaskDialogProps) {
  const words = useStrings().widgets.mask;
  const [loading, setLoading] = useState<Loading>("loading");
  /** Asked to close while there is something that would be lost. */
  const [closing, setClosing] = useState(false);

  useEffect(() => {
    let wanted = true;
    loadMask(picture).then(
      ({ mask, url }) => {
        if (wanted) setLoading({ session: new MaskSession(mask), url });
      },
      (error: unknown) => {
        if (!(error instanceof NoPictureError)) console.error(error);
        if (wanted) setLoading("failed");
      },
    );
    return () => {
      wanted = false;
    };
  }, [picture]);

  const close = (): void => {
    if (typeof loading === "object" && loading.session.state.getState().changed) setClosing(true);
    else onClose();
  };

  return (
    <Modal
      opened
      fullScreen
      closeOnEscape={false}
      title={words.title(picture.filename)}
      onClose={close}
      closeButtonProps={{ "aria-label": words.close }}
      classNames={{ content: styles.content, body: styles.body }}
    >
      {loading === "loading" && (
        <Center h="100%">
          <Loader aria-label={words.loading} />
        </Center>
      )}
      {loading === "failed" && <Alert color="red">{words.noPicture(picture.filename)}</Alert>}
      {typeof loading === "object" && <Painting {...loading} picture={picture} onSaved={onSaved} onEscape={close} />}
      <Modal
        opened={closing}
        centered
        withCloseButton={false}
        title={words.discard}
        onClose={() => {
          setClosing(false);
        }}
      >
        <Group justify="flex-end">
          <Button
            variant="default"
            data-autofocus
            onClick={() => {
              setClosing(false);
            }}
          >
            {words.goOn}
          </Button>
          <Button color="red" onClick={onClose}>
            {words.discardIt}
          </Button>
        </Group>
      </Modal>
    </Modal>
  );
}

interface PaintingProps extends Pick<MaskDialogProps, "picture" | "onSaved"> {
  readonly session: MaskSession;
  readonly url: string;
  readonly onEscape: () => void;
}

function Painting({ session, url, picture, onSaved, onEscape }: PaintingProps) {
  const words = useStrings().widgets.mask;
  const area = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<PictureView | null>(null);
  const [saving, setSaving] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const changed = useStore(session.state, (state) => state.changed);

  const change = useCallback((to: (view: PictureView, stage: DOMRect) => PictureView) => {
    const rect = area.current?.getBoundingClientRect() ?? new DOMRect();
    setView((shown) => shown && to(shown, rect));
  }, []);
  const zoom = (by: number): void => {
    change((shown, rect) => zoomed(shown, by, { x: rect.width / 2, y: rect.height / 2 }));
  };

  const save = async (): Promise<void> => {
    setSaving(true);
    try {
      onSaved(await saveMask(picture, session.mask));
    } catch (error) {
      setFailed(words.notSaved(error instanceof Error ? error.message : ""));
      setSaving(false);
    }
  };

  const keys: Readonly<Record<string, () => void>> = {
    "[": () => {
      session.resize(false);
    },
    "]": () => {
      session.resize(true);
    },
    b: () => {
      session.take({ erases: false });
    },
    e: () => {
      session.take({ erases: true });
    },
    i: () => {
      session.invert();
    },
    "+": () => {
      zoom(1.25);
    },
    "=": () => {
      zoom(1.25);
    },
    "-": () => {
      zoom(0.8);
    },
    "0": () => {
      setView(null);
    },
    Enter: () => void save(),
    Escape: onEscape,
    "mod+z": () => {
      session.undo();
    },
    "mod+shift+z": () => {
      session.redo();
    },
    "mod+y": () => {
      session.redo();
    },
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation();
    const onButton = event.target instanceof Element && event.target.closest("button, a") !== null;
    if (saving || (event.key === "Enter" && onButton)) return;
    const mod = event.ctrlKey || event.metaKey;
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const action = keys[mod ? `mod+${event.shiftKey ? "shift+" : ""}${name}` : name];
    if (!action) return;
    event.preventDefault();
    action();
  };

  return (
    <div className={styles.painting} onKeyDown={onKeyDown}>
      <MaskTools session={session} />
      <div className={styles.side}>
        <div ref={area} className={styles.area} inert={saving}>
          <MaskStage session={session} url={url} view={view} onView={change} onStage={setView} />
        </div>
        <Group className={styles.foot} gap="xs">
          <ActionIcon
            variant="default"
            size="lg"
            aria-label={words.zoomOut}
            onClick={() => {
              zoom(0.8);
            }}
          >
            <IconZoomOut size={18} />
          </ActionIcon>
          <Text size="sm" w={52} ta="center">
            {view && `${Math.round(view.scale * 100)} %`}
          </Text>
          <ActionIcon
            variant="default"
            size="lg"
            aria-label={words.zoomIn}
            onClick={() => {
              zoom(1.25);
            }}
          >
            <IconZoomIn size={18} />
          </ActionIcon>
          <ActionIcon
            variant="default"
            size="lg"
            aria-label={words.fit}
            onClick={() => {
              setView(null);
            }}
          >
            <IconMaximize size={18} />
          </ActionIcon>
          <Text size="sm" c="red" className={styles.failed} role="alert">
            {failed}
          </Text>
          <Button variant="default" onClick={onEscape}>
            {words.cancel}
          </Button>
          <Button loading={saving} disabled={!changed} onClick={() => void save()}>
            {words.save}
          </Button>
        </Group>
      </div>
    </div>
  );
}
