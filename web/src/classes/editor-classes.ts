/**
 * The classes that only the editor knows: they are drawn and never run. Where a server has a class of the same name,
 * that one holds.
 */

import { strings } from "../i18n/language";
import type { FaceKind, InputSpec, NodeClass, TextSpec, WidgetSpec } from "./types";

/** What the pack of these classes is called. */
const EDITOR = "editor";

export const NOTE = "Note";
export const MARKDOWN_NOTE = "MarkdownNote";
export const REROUTE = "Reroute";
export const PRIMITIVE = "PrimitiveNode";
/** Two of a common pack, between which a value goes without a link; the server runs them. */
export const SET = "SetNode";
export const GET = "GetNode";

const KINDS: Readonly<Record<string, FaceKind>> = {
  [NOTE]: "note",
  [MARKDOWN_NOTE]: "markdown",
  [REROUTE]: "reroute",
  [PRIMITIVE]: "primitive",
};

export function isEditorClass({ pack }: NodeClass): boolean {
  return pack === EDITOR;
}

/** How a node of that class is drawn. */
export function kindOf(nodeClass: NodeClass): FaceKind {
  return (isEditorClass(nodeClass) ? KINDS[nodeClass.id] : undefined) ?? "plain";
}

/** In the language that the page speaks now. */
export function editorClasses(): NodeClass[] {
  const { titles, descriptions, category } = strings().classes.editor;
  const described = (id: keyof typeof titles, parts: Partial<NodeClass>): NodeClass => ({
    id,
    title: titles[id],
    category: [category],
    description: descriptions[id],
    pack: EDITOR,
    aliases: [],
    isOutput: false,
    deprecated: false,
    experimental: false,
    inputs: [],
    outputs: [],
    ...parts,
  });
  const any = { name: "", type: "*", isList: false, tooltip: null };
  return [
    described(NOTE, { inputs: [input("text", "STRING", LONG_TEXT)], aliases: ["comment"] }),
    described(MARKDOWN_NOTE, { inputs: [input("text", "STRING", LONG_TEXT)], aliases: ["comment"] }),
    described(REROUTE, { inputs: [input("", "*", null)], outputs: [any] }),
    described(PRIMITIVE, { outputs: [{ ...any, name: UNLINKED_PRIMITIVE }], aliases: ["value", "constant"] }),
    described(SET, { inputs: [input("value", "*", null), input("Constant", "STRING", SHORT_TEXT)], outputs: [any] }),
    described(GET, { inputs: [input("Constant", "STRING", SHORT_TEXT)], outputs: [any] }),
  ];
}

/** What files call the output of a PrimitiveNode that feeds nothing yet. */
export const UNLINKED_PRIMITIVE = "connect to widget input";

const SHORT_TEXT: TextSpec = {
  kind: "text",
  default: "",
  multiline: false,
  placeholder: "",
  prompt: false,
  advanced: false,
};
const LONG_TEXT: TextSpec = { ...SHORT_TEXT, multiline: true };

const input = (name: string, type: string, widget: WidgetSpec | null): InputSpec => ({
  name,
  label: name,
  type,
  required: true,
  tooltip: null,
  widget,
});
