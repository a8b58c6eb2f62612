/** What a node's class is and does, for who found the node in a workflow. */

import { Modal, Text } from "@mantine/core";
import { useStore } from "zustand";

import { faceOf } from "../../classes/face";
import { useApp, useEditor } from "../../editor/app";
import { useStrings } from "../../i18n/language";
import { ClassPreview } from "../../nodes/ClassPreview";
import type { Key } from "../../document/records";

export function AboutNode() {
  const { ui } = useApp();
  const key = useStore(ui, ({ dialog }) => (dialog?.kind === "about-node" ? dialog.node : null));
  const { gestures, shell } = useStrings();
  return (
    <Modal
      opened={key !== null}
      title={gestures.about.title}
      closeButtonProps={{ "aria-label": shell.close }}
      onClose={() => {
        ui.setState({ dialog: null });
      }}
    >
      {key !== null && <About node={key} />}
    </Modal>
  );
}

function About({ node }: { readonly node: Key }) {
  const { catalog } = useApp();
  const known = useStore(catalog);
  const { store } = useEditor().document;
  const words = useStrings().gestures.about;
  if (!store.get(node)) return null;
  const { nodeClass, kind, record, title } = faceOf(store, node, known);
  if (nodeClass) return <ClassPreview nodeClass={nodeClass} />;
  return <Text size="sm">{kind === "subgraph" ? words.subgraph(title) : words.missing(record.classId)}</Text>;
}
