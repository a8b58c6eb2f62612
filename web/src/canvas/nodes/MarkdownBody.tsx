/** A note in Markdown: shown as it is meant; a double-click, or Enter, opens its text for writing. */

import { lazy, useState } from "react";

import { setValue } from "../../editing/widgets";
import { useApp, useEditor } from "../../editor/app";
import { useStrings } from "../../i18n/language";
import { Later } from "../../later/Later";
import { newGesture } from "../../widgets/props";
import type { NodeLook } from "../shapes";
import styles from "./node.module.css";

const Markdown = lazy(() => import("react-markdown"));

/** More letters than this may not fit. */
const LONG = 120;

export function MarkdownBody({ look }: { readonly look: NodeLook }) {
  const [writing, setWriting] = useState(false);
  /** Only a note that is in use takes the wheel. */
  const [focused, setFocused] = useState(false);
  const words = useStrings().canvas.node;
  const { face, layout } = look;
  const [widget] = face.widgets;
  const text = typeof widget?.value === "string" ? widget.value : "";
  const height = layout.size.height;
  if (writing) {
    return (
      <Writing
        look={look}
        text={text}
        onDone={() => {
          setWriting(false);
        }}
      />
    );
  }
  return (
    <div
      className={`${styles.markdown} ${focused ? "nowheel" : ""}`}
      style={{ height }}
      data-note=""
      data-long={text.length > LONG || undefined}
      tabIndex={0}
      role="textbox"
      aria-readonly
      aria-label={words.note}
      onFocus={() => {
        setFocused(true);
      }}
      onBlur={() => {
        setFocused(false);
      }}
      onDoubleClick={(event) => {
        event.stopPropagation();
        setWriting(true);
      }}
      onKeyDown={(event) => {
        if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
        event.preventDefault();
        event.stopPropagation();
        setWriting(true);
      }}
    >
      {text.trim() === "" ? (
        words.emptyNote
      ) : (
        <Later fallback={text} failed={text}>
          <Markdown components={{ a: Anchor, img: Picture }}>{text}</Markdown>
        </Later>
      )}
    </div>
  );
}

/** Another site opens beside the page, and learns nothing of it. */
function Anchor({ href, children }: { readonly href?: string | undefined; readonly children?: React.ReactNode }) {
  return (
    <a href={href} target="_blank" rel="noreferrer" className="nopan" data-own="">
      {children}
    </a>
  );
}

/** Pictures of other sites are not fetched: opening a workflow is to tell nobody of it. */
function Picture({ alt, src }: { readonly alt?: string | undefined; readonly src?: string | undefined }) {
  if (src === undefined) return <>{alt}</>;
  return <Anchor href={src}>{alt === undefined || alt === "" ? src : alt}</Anchor>;
}

interface WritingProps {
  readonly look: NodeLook;
  readonly text: string;
  readonly onDone: () => void;
}

function Writing({ look: { face, layout }, text, onDone }: WritingProps) {
  const { catalog } = useApp();
  const { store } = useEditor().document;
  const words = useStrings().canvas;
  const [gesture] = useState(newGesture);
  /** The document comes back a frame later: a text that waited for it would lose what is typed meanwhile. */
  const [draft, setDraft] = useState(text);
  const [widget] = face.widgets;
  return (
    <textarea
      className={`${styles.writing} nopan nowheel`}
      style={{ height: layout.size.height }}
      data-own=""
      autoFocus
      aria-label={words.node.note}
      value={draft}
      onChange={({ currentTarget: { value } }) => {
        setDraft(value);
        if (!widget) return;
        store.transact(
          words.done.widget(widget.label),
          (transaction) => {
            setValue(transaction, face.key, 0, value, catalog.getState());
          },
          { continues: `${face.key} note ${gesture}` },
        );
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") onDone();
        else if (event.ctrlKey || event.metaKey) return;
        event.stopPropagation();
      }}
      onBlur={onDone}
    />
  );
}
