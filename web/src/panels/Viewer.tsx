/** The dialog that shows pictures, when the page asks for it. */

import { lazy } from "react";
import { useStore } from "zustand";

import { useApp } from "../editor/app";
import { Later } from "../later/Later";
import { NotLoadedDialog } from "../later/NotLoaded";

const ViewerDialog = lazy(() => import("./viewer/ViewerDialog"));

export function Viewer() {
  const { ui } = useApp();
  const dialog = useStore(ui, (state) => (state.dialog?.kind === "viewer" ? state.dialog : null));
  if (!dialog) return null;
  return (
    <Later
      failed={
        <NotLoadedDialog
          onClose={() => {
            ui.setState({ dialog: null });
          }}
        />
      }
    >
      <ViewerDialog pictures={dialog.pictures} index={dialog.index} beside={dialog.beside ?? null} />
    </Later>
  );
}
