/**
 * What the page knows of node classes, and how a node of a document shows itself by its class. Types only.
 *
 * A NodeClass is what the server says of a class (or the editor, of those that only it knows). A NodeFace is one node of
 * a document as it is to be drawn: its class, its own sockets and its values brought together. Who draws needs nothing
 * but faces.
 */

import type { Json } from "../document/json";
import type { Key, NodeRecord } from "../document/records";

export interface NodeClass {
  readonly id: string;
  readonly title: string;
  /** Folders, outermost first: `["latent", "batch"]`. */
  readonly category: readonly string[];
  readonly description: string;
  /** The pack it comes from, as the server calls it. */
  readonly pack: string;
  /** Other words to find it by. */
  readonly aliases: readonly string[];
  readonly isOutput: boolean;
  readonly deprecated: boolean;
  readonly experimental: boolean;
  readonly inputs: readonly InputSpec[];
  readonly outputs: readonly OutputSpec[];
}

export interface InputSpec {
  readonly name: string;
  readonly label: string;
  /** A socket type, several as `A,B`, or `*`. */
  readonly type: string;
  readonly required: boolean;
  readonly tooltip: string | null;
  /** How its value is chosen where nothing is linked; null: it can only be linked. */
  readonly widget: WidgetSpec | null;
  /** Whatever is linked to it, the node's outputs that `follow` are of that type. */
  readonly matches?: true;
  /** It is a widget only: nothing can be linked to it. */
  readonly socketless?: true;
  /** Its widget is kept in files and not shown. */
  readonly hidden?: true;
  /** The inputs that it stands for, which a workflow calls `group.member`. */
  readonly members?: Members;
}

export type Members =
  /** Each option of its widget has inputs of its own. */
  | { readonly kind: "chosen"; readonly byOption: ReadonlyMap<Json, readonly InputSpec[]> }
  /** As many as are linked, and one more. */
  | { readonly kind: "growing"; readonly template: GrowingSpec };

export interface GrowingSpec {
  /** Every member but for its name. */
  readonly input: InputSpec;
  /** The names that members have in turn, if not `prefix0`, `prefix1`, …; in full, as all names of members are. */
  readonly names: readonly string[] | null;
  readonly prefix: string;
  readonly min: number;
  readonly max: number;
}

export interface OutputSpec {
  readonly name: string;
  readonly type: string;
  readonly isList: boolean;
  readonly tooltip: string | null;
  /** Its type is that of the inputs that match. */
  readonly follows?: true;
}

interface WidgetBase {
  readonly advanced: boolean;
}

/** Numbers are `Json` numbers: a seed beyond 2⁵³ is an ExactNumber. */
export interface NumberSpec extends WidgetBase {
  readonly kind: "number";
  readonly integer: boolean;
  readonly default: Json;
  readonly min: Json | null;
  readonly max: Json | null;
  readonly step: number;
  /** Decimals are rounded to a multiple of this; null: they are not. */
  readonly round: number | null;
  readonly slider: boolean;
  /** It stands for a colour: 0xRRGGBB. */
  readonly color?: true;
  /** A value behind it in the file's list says what becomes of it after a run: see `controlIndex` of its face. */
  readonly seed: boolean;
}

export interface TextSpec extends WidgetBase {
  readonly kind: "text";
  readonly default: string;
  readonly multiline: boolean;
  readonly placeholder: string;
  /** A prompt: weights, and tokens are counted. */
  readonly prompt: boolean;
}

export interface ComboSpec extends WidgetBase {
  readonly kind: "combo";
  readonly options: readonly Json[];
  readonly default: Json;
  /** Pictures can be put there: those of that folder are the options. */
  readonly upload: { readonly folder: "input" | "output" | "temp" } | null;
  /** The options are files of models or pictures, so one that is not among them is missing rather than wrong. */
  readonly files: boolean;
  /** As `seed` of a number. */
  readonly controlled?: true;
  /** Its value is a list of options. */
  readonly multiple?: true;
}

export interface ToggleSpec extends WidgetBase {
  readonly kind: "toggle";
  readonly default: boolean;
  /** What on and off are called, if not that. */
  readonly on: string | null;
  readonly off: string | null;
}

export interface ColorSpec extends WidgetBase {
  readonly kind: "color";
  readonly default: string;
}

/** A type of a pack for which the page has no widget: its value is shown and kept. */
export interface OtherSpec extends WidgetBase {
  readonly kind: "other";
  readonly type: string;
  readonly default: Json;
}

export type WidgetSpec = NumberSpec | TextSpec | ComboSpec | ToggleSpec | ColorSpec | OtherSpec;

export const CONTROLS = ["fixed", "increment", "decrement", "randomize"] as const;
/** What becomes of a number after a run. */
export type Control = (typeof CONTROLS)[number];

// ---- a node of a document ----

export type FaceKind =
  | "plain"
  /** An instance of a subgraph of this document. */
  | "subgraph"
  /** A class that nobody knows: sockets as the file shows them, values of any kind. */
  | "missing"
  | "note"
  | "markdown"
  | "reroute"
  | "primitive";

export interface NodeFace {
  readonly key: Key;
  readonly record: NodeRecord;
  readonly kind: FaceKind;
  /** Null for subgraphs and missing classes. */
  readonly nodeClass: NodeClass | null;
  /** What the title bar says: the person's own title, else that of the class. */
  readonly title: string;
  readonly inputs: readonly SocketFace[];
  readonly outputs: readonly SocketFace[];
  /** In the order in which they are drawn, the ones that are now inputs too. */
  readonly widgets: readonly WidgetFace[];
}

export interface SocketFace {
  /** Beyond the file's sockets are those that the class has as well: linking adds them. */
  readonly slot: number;
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly tooltip: string | null;
  readonly optional: boolean;
  /** The index in `widgets` of the widget in whose row it is drawn; null: it has a row of its own. */
  readonly widget: number | null;
}

export interface WidgetFace {
  /** Where its value is in the file's list of values. */
  readonly index: number;
  /** Where the value is that says what becomes of it after a run; null: the file has none. */
  readonly controlIndex: number | null;
  /** What becomes of it; null: nothing ever does. */
  readonly control: Control | null;
  readonly name: string;
  readonly label: string;
  readonly tooltip: string | null;
  readonly spec: WidgetSpec;
  readonly value: Json;
  /** The input slot that stands for it; null: it has none in this file. */
  readonly slot: number | null;
  /** The widget of a node inside that a subgraph's instance shows in its name, and which keeps the value. */
  readonly inner?: { readonly node: Key; readonly name: string };
}
