/** A node's title bar: the arrow that collapses, the title or a text to change it, and what is to be known at a glance. */

import {
  IconArrowsMaximize,
  IconBan,
  IconChevronDown,
  IconChevronRight,
  IconCpu,
  IconDatabase,
  IconPinned,
  IconPlayerTrackNext,
} from "@tabler/icons-react";

import type { NodeFace } from "../../classes/types";
import { editNodes } from "../../document/edit-nodes";
import { graphKey, MODE } from "../../document/records";
import { useEditor } from "../../editor/app";
import { useStrings } from "../../i18n/language";
import type { NodeOverlay } from "../overlay";
import { useSurface } from "../surface";
import styles from "./node.module.css";
import { TitleEditor } from "./TitleEditor";

interface NodeTitleProps {
  readonly face: NodeFace;
  readonly overlay: NodeOverlay | undefined;
  readonly editing: boolean;
}

/** More letters than this may not fit. */
const LONG = 16;
const SMALL = { size: 14, stroke: 2, "aria-hidden": true } as const;

export function NodeTitle({ face, overlay, editing }: NodeTitleProps) {
  const words = useStrings().canvas;
  const { record, title, kind } = face;
  const Caret = record.collapsed ? IconChevronRight : IconChevronDown;
  return (
    <div className={styles.title}>
      {/* Collapsing is a gesture of the canvas and a command; this only shows where. */}
      <span className={styles.caret} aria-hidden>
        <Caret size={15} stroke={2.2} />
      </span>
      {editing ? (
        <Naming face={face} />
      ) : (
        <span className={styles.words} data-long={title.length > LONG || undefined} title={record.classId}>
          {title}
        </span>
      )}
      {kind === "missing" && <span className={styles.badge}>{words.node.missingShort}</span>}
      {record.mode === MODE.muted && <Badge icon={IconBan} words={words.node.muted} />}
      {record.mode === MODE.bypassed && <Badge icon={IconPlayerTrackNext} words={words.node.bypassed} />}
      {record.pinned && <Badge icon={IconPinned} words={words.node.pinned} />}
      {overlay && <RunBadge overlay={overlay} />}
      {kind === "subgraph" && <EnterButton face={face} />}
    </div>
  );
}

function Naming({ face: { key, record, title } }: Pick<NodeTitleProps, "face">) {
  const { store } = useEditor().document;
  const surface = useSurface();
  const words = useStrings().canvas;
  return (
    <TitleEditor
      className={styles.naming}
      label={words.node.title}
      title={title}
      onDone={(name) => {
        surface.transient.setState({ editing: null });
        surface.focus(key);
        if (name === null || name === title) return;
        // An empty title is the class's own again.
        const next = name.trim() === "" ? null : name;
        if (next === record.title) return;
        store.transact(words.done.rename, (transaction) => {
          editNodes(transaction, [key], { title: next });
        });
      }}
    />
  );
}

/** How long it took, or from where its result was taken. */
function RunBadge({ overlay: { phase, keptIn, seconds } }: { readonly overlay: NodeOverlay }) {
  const words = useStrings().canvas.overlay;
  if (phase === "cached") {
    const name = keptIn === "disk" ? words.keptOnDisk : keptIn === "ram" ? words.keptInRam : words.cached;
    return <Badge icon={keptIn === "disk" ? IconDatabase : IconCpu} words={name} mark={keptIn ?? "kept"} />;
  }
  if (phase !== "done" || seconds === null) return null;
  return (
    <span className={styles.badge} data-seconds={seconds}>
      {words.seconds(seconds)}
    </span>
  );
}

interface BadgeProps {
  readonly icon: typeof IconBan;
  readonly words: string;
  readonly mark?: string;
}

function Badge({ icon: Icon, words, mark }: BadgeProps) {
  return (
    <span className={styles.badge} role="img" aria-label={words} title={words} data-kept={mark}>
      <Icon {...SMALL} />
    </span>
  );
}

function EnterButton({ face: { record } }: Pick<NodeTitleProps, "face">) {
  const editor = useEditor();
  const words = useStrings().canvas.node;
  return (
    <button
      type="button"
      className={`${styles.enter} nopan`}
      data-own=""
      aria-label={words.enter}
      title={words.enter}
      onClick={() => {
        editor.enter(record.id, graphKey(record.classId));
      }}
    >
      <IconArrowsMaximize {...SMALL} />
    </button>
  );
}
