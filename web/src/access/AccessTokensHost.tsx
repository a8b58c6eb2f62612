/** The place of the dialog of access tokens. It is loaded when somebody opens it. */

import { lazy } from "react";
import { useStore } from "zustand";

import { useApp } from "../editor/app";
import { Later } from "../later/Later";
import { NotLoadedDialog } from "../later/NotLoaded";

const AccessTokens = lazy(() => import("./AccessTokens"));

export function AccessTokensHost() {
  const { ui } = useApp();
  const opened = useStore(ui, ({ dialog }) => dialog?.kind === "access-tokens");
  if (!opened) return null;
  const close = (): void => {
    ui.setState({ dialog: null });
  };
  return (
    <Later failed={<NotLoadedDialog onClose={close} />}>
      <AccessTokens onDone={close} />
    </Later>
  );
}
