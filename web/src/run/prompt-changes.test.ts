import { describe, expect, it } from "vitest";

import { CanvasDocument } from "../document/document";
import { addNode, editNodes, setWidget } from "../document/edit-nodes";
import { ROOT } from "../document/records";
import type { DocumentDiff, Transaction } from "../document/store";
import { changesPrompt } from "./prompt-changes";

const SAMPLER = { classId: "KSampler", position: { x: 0, y: 0 }, size: { width: 1, height: 1 }, widgets: [1] };

/** Whether `edit` of a workflow of a sampler and a note changes what would run. */
function matters(edit: (transaction: Transaction, sampler: string, note: string) => void): boolean {
  const { store } = CanvasDocument.empty();
  const [sampler, note] = store.transact<[string, string]>("", (transaction) => [
    addNode(transaction, ROOT, SAMPLER).key,
    addNode(transaction, ROOT, { ...SAMPLER, classId: "Note", widgets: ["hello"] }).key,
  ]);
  let diff: DocumentDiff | undefined;
  store.subscribe((change) => ({ diff } = change));
  store.transact("", (transaction) => {
    edit(transaction, sampler, note);
  });
  return diff !== undefined && changesPrompt(diff);
}

describe("what would run", () => {
  it.each<[string, boolean, Parameters<typeof matters>[0]]>([
    [
      "is changed by a value",
      true,
      (t, node) => {
        setWidget(t, node, { index: 0, name: "seed" }, 2);
      },
    ],
    [
      "is changed by muting a node",
      true,
      (t, node) => {
        editNodes(t, [node], { mode: 2 });
      },
    ],
    [
      "is changed by another node",
      true,
      (t) => {
        addNode(t, ROOT, SAMPLER);
      },
    ],
    [
      "is the same after a move",
      false,
      (t, node) => {
        editNodes(t, [node], { position: { x: 5, y: 5 } });
      },
    ],
    [
      "is the same under another title and colour",
      false,
      (t, node) => {
        editNodes(t, [node], { title: "x", color: "#222" });
      },
    ],
    [
      "is the same with another text in a note",
      false,
      (t, _, note) => {
        setWidget(t, note, { index: 0, name: "" }, "bye");
      },
    ],
    [
      "is the same with another note",
      false,
      (t) => {
        addNode(t, ROOT, { ...SAMPLER, classId: "MarkdownNote" });
      },
    ],
  ])("%s", (_, wanted, edit) => {
    expect(matters(edit)).toBe(wanted);
  });
});
