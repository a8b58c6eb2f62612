/** The dialog that shows pictures, when the page asks for it. */

import { lazy, Suspense } from "react";
import { useStore } from "zustand";

import { useApp } from "../editor/app";

const ViewerDialog = lazy(() => import("./viewer/ViewerDialog"));

export function Viewer() {
  const dialog = useStore(useApp().ui, (ui) => (ui.dialog?.kind === "viewer" ? ui.dialog : null));
  if (!dialog) return null;
  return (
    <Suspense fallback={null}>
      <ViewerDialog pictures={dialog.pictures} index={dialog.index} beside={dialog.beside ?? null} />
    </Suspense>
  );
}
