/** From the name that a run has for a node to the node in the document, and back into view. */

import type { App } from "../editor/app";
import { runId, type Editor, type Entered } from "../editor/editor";
import { showTab } from "../editor/workspace";
import { graphKey, ROOT, SUBGRAPH_OUTPUT, type Key, type NodeRecord } from "../document/records";
import type { DocumentReader } from "../document/store";

export interface Place {
  readonly path: readonly Entered[];
  readonly node: NodeRecord;
}

/** Where `12:5` is: node 5 in the subgraph of which node 12 is an instance. Null where it is gone. */
export function placeOf(document: DocumentReader, id: string): Place | null {
  const path: Entered[] = [];
  let graph: Key = ROOT;
  let found: NodeRecord | null = null;
  for (const part of id.split(":")) {
    if (found) {
      const inside: Key = graphKey(found.classId);
      if (document.get(inside)?.kind !== "graph") return null;
      path.push({ node: found.id, graph: inside });
      graph = inside;
    }
    found = document.members(graph, "node").find((node) => String(node.id) === part) ?? null;
    if (!found) return null;
  }
  return found && { path, node: found };
}

/** What the person calls the node, or failing that its class; null where it is gone. */
export function nameOf(editor: Editor, id: string): string | null {
  const place = placeOf(editor.document.store, id);
  if (!place) return null;
  const { title, classId } = place.node;
  return title ?? editor.catalog.getState().classes.get(classId)?.title ?? classId;
}

/** Show the node, inside of its subgraph if need be, select it, and give it the keyboard. */
export function showNode(app: App, tab: { readonly id: string; readonly editor: Editor }, id: string): void {
  const place = placeOf(tab.editor.document.store, id);
  if (!place) return;
  showTab(app.workspace, tab.id);
  const { path } = tab.editor.view.getState();
  if (runId(path, "") !== runId(place.path, "")) tab.editor.show(place.path);
  tab.editor.select([place.node.key]);
  // The canvas may have to be drawn anew first.
  requestAnimationFrame(() => {
    app.surface.getState()?.fit([place.node.key]);
    app.surface.getState()?.focus(place.node.key);
  });
}

/**
 * What has to run for a node of the graph that is shown, as runs name it: itself, or for a subgraph's instance the nodes
 * inside that give its outputs.
 */
export function targetsOf(document: DocumentReader, path: readonly Entered[], node: NodeRecord): string[] {
  const inside = graphKey(node.classId);
  if (document.get(inside)?.kind !== "graph") return [runId(path, node.id)];
  const within = [...path, { node: node.id, graph: inside }];
  const nodes = new Map(document.members(inside, "node").map((one) => [one.id, one]));
  const sources = new Set(document.linksAt(inside, SUBGRAPH_OUTPUT).map(({ origin }) => origin.node));
  // One that gives nothing to the outside is run for what it saves or shows.
  const last = sources.size > 0 ? [...sources] : [...nodes.keys()];
  return last.flatMap((id) => {
    const source = nodes.get(id);
    return source ? targetsOf(document, within, source) : [];
  });
}
