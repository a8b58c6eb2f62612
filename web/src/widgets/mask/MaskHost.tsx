/** Opens the mask dialog for the node that the page names, and gives the node the picture that comes of it. */

import { lazy, useMemo } from "react";
import { useStore } from "zustand";

import { faceOf } from "../../classes/face";
import type { Key } from "../../document/records";
import { setValue } from "../../editing/widgets";
import { useActiveTab, useApp } from "../../editor/app";
import type { Editor } from "../../editor/editor";
import { useStrings } from "../../i18n/language";
import { Later } from "../../later/Later";
import { NotLoadedDialog } from "../../later/NotLoaded";
import { fromName, toName, type StoredPicture } from "../picture/annotated";

const MaskDialog = lazy(() => import("./MaskDialog"));

export function MaskHost() {
  const { ui } = useApp();
  const dialog = useStore(ui, (state) => state.dialog);
  const editor = useActiveTab()?.editor;
  if (dialog?.kind !== "mask" || !editor) return null;
  return <OfNode key={`${dialog.node} ${dialog.widget}`} editor={editor} node={dialog.node} widget={dialog.widget} />;
}

interface OfNodeProps {
  readonly editor: Editor;
  readonly node: Key;
  readonly widget: string;
}

function OfNode({ editor, node, widget }: OfNodeProps) {
  const { ui } = useApp();
  const words = useStrings().widgets.mask;
  const picture = useMemo(() => pictureOf(editor, node, widget), [editor, node, widget]);
  if (!picture) return null;

  const close = (): void => {
    ui.setState({ dialog: null });
  };
  const onSaved = (masked: StoredPicture): void => {
    const { store } = editor.document;
    const catalog = editor.catalog.getState();
    // It may be gone by now.
    if (store.get(node)) {
      const index = faceOf(store, node, catalog).widgets.findIndex(({ name }) => name === widget);
      store.transact(words.done, (transaction) => {
        // With its folder in any case: that is how the field writes it.
        if (index >= 0) setValue(transaction, node, index, toName(masked, ""), catalog);
      });
    }
    close();
  };
  return (
    <Later failed={<NotLoadedDialog onClose={close} />}>
      <MaskDialog picture={picture} onSaved={onSaved} onClose={close} />
    </Later>
  );
}

function pictureOf(editor: Editor, node: Key, name: string): StoredPicture | null {
  const { store } = editor.document;
  if (!store.get(node)) return null;
  const widget = faceOf(store, node, editor.catalog.getState()).widgets.find((each) => each.name === name);
  if (typeof widget?.value !== "string" || widget.spec.kind !== "combo" || !widget.spec.upload) return null;
  return fromName(widget.value, widget.spec.upload.folder);
}
