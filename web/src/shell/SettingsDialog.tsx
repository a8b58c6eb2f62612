/** The dialog of settings. What is in it is loaded when somebody opens it. */

import { Modal } from "@mantine/core";
import { lazy } from "react";
import { useStore } from "zustand";

import { useApp } from "../editor/app";
import { useStrings } from "../i18n/language";
import { Later } from "../later/Later";

const SettingsForm = lazy(() => import("./SettingsForm"));

export function SettingsDialog() {
  const { ui } = useApp();
  const { settings: words, close } = useStrings().shell;
  const opened = useStore(ui, ({ dialog }) => dialog?.kind === "settings");
  return (
    <Modal
      opened={opened}
      onClose={() => {
        ui.setState({ dialog: null });
      }}
      title={words.title}
      size="lg"
      closeButtonProps={{ "aria-label": close }}
      transitionProps={{ duration: 90 }}
    >
      <Later>
        <SettingsForm />
      </Later>
    </Modal>
  );
}
