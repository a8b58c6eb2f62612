/** The page: `?scheme=` names how the graph is drawn, `&surface=` the kind of canvas. A scheme loads only its own code. */

import { createRoot } from "react-dom/client";

import "../contract.ts";
import { addNode, createGraphStore, GraphContext, openWorkflow } from "./graph.ts";
import type { Scheme } from "./schemes/scheme.ts";
import type { SurfaceKind } from "./surface.ts";

const SCHEMES: Readonly<Record<string, () => Promise<Scheme>>> = {
  plain: async () => (await import("./schemes/Plain.tsx")).Plain,
  culled: async () => (await import("./schemes/Plain.tsx")).Culled,
  hybrid: async () => (await import("./schemes/Hybrid.tsx")).Hybrid,
  own: async () => (await import("./schemes/Own.tsx")).Own,
};

const SURFACES: readonly SurfaceKind[] = ["redrawn", "oversized"];

const query = new URLSearchParams(window.location.search);
const load = SCHEMES[query.get("scheme") ?? "own"];
const surface = SURFACES.find((kind) => kind === (query.get("surface") ?? "redrawn"));
const root = document.getElementById("root");
if (!load || !surface || !root) throw new Error(`There is no such page: ${window.location.search}`);

const store = createGraphStore();
const Drawn = await load();
createRoot(root).render(
  <GraphContext value={store}>
    <Drawn
      surface={surface}
      onReady={(setViewport) => {
        window.measuredPage = {
          load: (workflow) => {
            openWorkflow(store, workflow);
          },
          setViewport,
          addNode: () => {
            addNode(store, 380, 700);
          },
        };
      }}
    />
  </GraphContext>,
);
