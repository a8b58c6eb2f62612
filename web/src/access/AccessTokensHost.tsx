/** The place of the dialog of access tokens. It is loaded when somebody opens it. */

import { lazy, Suspense } from "react";
import { useStore } from "zustand";

import { useApp } from "../editor/app";

const AccessTokens = lazy(() => import("./AccessTokens"));

export function AccessTokensHost() {
  const { ui } = useApp();
  const opened = useStore(ui, ({ dialog }) => dialog?.kind === "access-tokens");
  if (!opened) return null;
  return (
    <Suspense>
      <AccessTokens
        onDone={() => {
          ui.setState({ dialog: null });
        }}
      />
    </Suspense>
  );
}
