/**
 * A workflow file as the page holds it: the text as it was read, and an outline of it to show.
 *
 * The text is what gets queued. It is never parsed and written again: seeds go up to 2⁶⁴ − 1 and JavaScript's numbers
 * would round them. Knows no sockets and no components.
 */

/** API format is what the engine runs; canvas format is what an editor saves, and the server converts it. */
export type Format = "api" | "canvas";

export interface Workflow {
  readonly title: string;
  readonly format: Format;
  /** The JSON text of the graph, in `format`. */
  readonly text: string;
  /** For a picture: the JSON text of the canvas it was made from, to be saved in the pictures of this run too. */
  readonly canvasText: string | null;
  readonly nodes: readonly OutlineNode[];
}

export interface OutlineNode {
  readonly id: string;
  readonly classId: string;
  readonly title: string;
  /** Switched off on the canvas: the node will not run. */
  readonly off: "muted" | "bypassed" | null;
}

/** A file that holds no workflow; `reason` is a key of the page's strings. */
export class WorkflowFileError extends Error {
  constructor(readonly reason: "notJson" | "notAWorkflow" | "noMetadata" | "damagedPng" | "emptyWorkflow") {
    super(reason);
  }
}

/**
 * The workflow with one text value in the place of another, wherever it stands; null when it stands nowhere. No other
 * letter of the file changes.
 */
export function replaceText(workflow: Workflow, from: string, to: string): Workflow | null {
  const exchange = (text: string): string => text.replaceAll(JSON.stringify(from), () => JSON.stringify(to));
  const text = exchange(workflow.text);
  if (text === workflow.text) return null;
  return { ...workflow, text, canvasText: workflow.canvasText === null ? null : exchange(workflow.canvasText) };
}

/** `text-to-image` as a person would write it: `Text to image`. */
export function titleOfExample(name: string): string {
  const words = name.replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Raises WorkflowFileError when `text` is not a workflow in either format. */
export function readWorkflow(title: string, text: string, canvasText: string | null = null): Workflow {
  const content = parse(text);
  if (!isRecord(content)) throw new WorkflowFileError("notAWorkflow");
  const format: Format = Array.isArray(content.nodes) ? "canvas" : "api";
  const nodes = format === "canvas" ? outlineOfCanvas(content) : outlineOfApi(content);
  if (nodes.length === 0) throw new WorkflowFileError("emptyWorkflow");
  return { title, format, text, canvasText, nodes };
}

/** The outline node that `id` belongs to: itself, or for a node inside a subgraph (`outer:inner`) the outer one. */
export function ownerOf(nodes: readonly OutlineNode[], id: string): OutlineNode | undefined {
  const outer = id.split(":", 1)[0];
  return nodes.find((node) => node.id === id) ?? nodes.find((node) => node.id === outer);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new WorkflowFileError("notJson");
  }
}

/** API format: `{id: {class_type, inputs, _meta?: {title}}}`; listed so that a node comes after what feeds it. */
function outlineOfApi(content: Record<string, unknown>): OutlineNode[] {
  const listed = new Map<string, OutlineNode>();
  const visiting = new Set<string>();

  const visit = (id: string): void => {
    const node = content[id];
    if (visiting.has(id) || !isRecord(node)) return;
    visiting.add(id);
    const { class_type: classId, inputs, _meta: meta } = node;
    if (typeof classId !== "string") throw new WorkflowFileError("notAWorkflow");
    for (const value of Object.values(isRecord(inputs) ? inputs : {})) {
      if (Array.isArray(value) && value.length === 2 && typeof value[0] === "string") visit(value[0]);
    }
    const title = isRecord(meta) && typeof meta.title === "string" ? meta.title : classId;
    listed.set(id, { id, classId, title, off: null });
  };

  for (const [id, node] of Object.entries(content)) {
    if (!isRecord(node)) throw new WorkflowFileError("notAWorkflow");
    visit(id);
  }
  return [...listed.values()];
}

/** What an editor draws but no engine runs. */
const VIRTUAL = new Set(["Note", "MarkdownNote", "Reroute", "PrimitiveNode"]);

function outlineOfCanvas(content: Record<string, unknown>): OutlineNode[] {
  const subgraphs = subgraphNames(content);
  const nodes = (content.nodes as unknown[]).filter(isRecord).flatMap((node) => {
    const { id, type, title, mode, order } = node;
    if ((typeof id !== "number" && typeof id !== "string") || typeof type !== "string") {
      throw new WorkflowFileError("notAWorkflow");
    }
    if (VIRTUAL.has(type)) return [];
    const classId = subgraphs.get(type) ?? type;
    const off = mode === 2 ? "muted" : mode === 4 ? "bypassed" : null;
    const shown: OutlineNode = {
      id: String(id),
      classId,
      title: typeof title === "string" && title ? title : classId,
      off,
    };
    return [{ shown, order: typeof order === "number" ? order : 0 }];
  });
  return nodes.sort((a, b) => a.order - b.order).map(({ shown }) => shown);
}

/** A node whose type is a subgraph names it by id. */
function subgraphNames(content: Record<string, unknown>): Map<string, string> {
  const definitions = content.definitions;
  const subgraphs = isRecord(definitions) ? definitions.subgraphs : undefined;
  const names = new Map<string, string>();
  for (const subgraph of Array.isArray(subgraphs) ? subgraphs.filter(isRecord) : []) {
    const { id, name } = subgraph;
    if (typeof id === "string" && typeof name === "string") names.set(id, name);
  }
  return names;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
