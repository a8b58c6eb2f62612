/** The dialogs about files, of which the page shows one at a time. Their insides are loaded when first needed. */

import { Modal, type ModalProps } from "@mantine/core";
import { lazy, useEffect, useState, type ReactNode } from "react";
import { useStore } from "zustand";

import { useApp } from "../../editor/app";
import type { Dialog } from "../../editor/ui";
import { useStrings } from "../../i18n/language";
import type { Strings } from "../../i18n/strings";
import { Later } from "../../later/Later";
import { Gallery } from "../Gallery";
import { titleOf } from "../paths";

const saveAs = () => import("./SaveAs");
const closing = () => import("./Closing");
const SaveAs = lazy(saveAs);
const Closing = lazy(closing);
const Conflict = lazy(() => import("./Conflict"));
const Versions = lazy(() => import("./Versions"));
const MissingReport = lazy(() => import("./MissingReport"));
const OpenWorkflow = lazy(() => import("./OpenWorkflow"));

/** Milliseconds after the page began. */
const LATER = 3000;

const KINDS = ["save-as", "close", "conflict", "versions", "open", "gallery", "missing"] as const;
type FileDialog = Extract<Dialog, { kind: (typeof KINDS)[number] }>;

export function FileDialogs() {
  const { ui } = useApp();
  const { files, shell } = useStrings();
  const dialog = useStore(ui, (state) => fileDialog(state.dialog));
  // What was shown last is still seen while it fades.
  const [last, setLast] = useState(dialog);
  if (dialog !== null && dialog !== last) setLast(dialog);
  // The next key may come before these are there; so they are fetched when the page has nothing else to do.
  useEffect(() => {
    const timer = setTimeout(() => void Promise.all([saveAs(), closing()]).catch(() => undefined), LATER);
    return () => {
      clearTimeout(timer);
    };
  }, []);
  const close = (): void => {
    ui.setState({ dialog: null });
  };
  const shown = last && insideOf(last, files, close);
  return (
    <Modal
      opened={dialog !== null}
      onClose={close}
      closeButtonProps={{ "aria-label": shell.close }}
      centered
      title={shown?.title}
      size={shown?.size ?? "md"}
    >
      <Later key={last?.kind}>{shown?.content}</Later>
    </Modal>
  );
}

interface Inside {
  readonly title: string;
  readonly size?: ModalProps["size"];
  readonly content: ReactNode;
}

function insideOf(dialog: FileDialog, words: Strings["files"], close: () => void): Inside {
  switch (dialog.kind) {
    case "save-as":
      return { title: words.saveAs.heading, content: <SaveAs tab={dialog.tab} onDone={close} /> };
    case "close":
      return { title: words.closing.heading, content: <Closing tabs={dialog.tabs} onDone={close} /> };
    case "conflict":
      return { title: words.conflict.heading, size: "xl", content: <Conflict tab={dialog.tab} onDone={close} /> };
    case "versions": {
      const title = words.versions.heading(titleOf(dialog.path));
      return { title, size: "lg", content: <Versions path={dialog.path} onDone={close} /> };
    }
    case "missing":
      return { title: words.missing.heading, size: "lg", content: <MissingReport tab={dialog.tab} onDone={close} /> };
    case "open":
      return { title: words.openDialog.heading, content: <OpenWorkflow onDone={close} /> };
    case "gallery":
      return { title: words.gallery.heading, size: "xl", content: <Gallery onOpen={close} /> };
  }
}

/** Null for the dialogs of other parts of the page. */
function fileDialog(dialog: Dialog | null): FileDialog | null {
  return dialog && (KINDS as readonly string[]).includes(dialog.kind) ? (dialog as FileDialog) : null;
}
