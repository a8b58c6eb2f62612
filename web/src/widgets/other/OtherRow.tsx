/** A value of a type that the page has no widget for: shown as JSON, and edited as such. */

import { lazy, Suspense, useRef, useState } from "react";

import type { OtherSpec } from "../../classes/types";
import { writeJson } from "../../document/json";
import { Beside } from "../Beside";
import { isOwn, Row } from "../Row";
import type { WidgetProps } from "../props";

const JsonEditor = lazy(() => import("./JsonEditor"));

/** More letters than this are not put into a row: it could show none of them. */
const MOST = 60;

export function OtherRow({ label, tooltip, value, linked, onChange }: WidgetProps<OtherSpec>) {
  const row = useRef<HTMLDivElement>(null);
  const [opened, setOpened] = useState(false);
  const written = typeof value === "string" ? value : writeJson(value);
  const text = written.length > MOST ? `${written.slice(0, MOST)}…` : written;
  const close = (): void => {
    setOpened(false);
    row.current?.focus({ preventScroll: true });
  };
  return (
    <Row
      rowRef={row}
      role="button"
      aria-haspopup="dialog"
      aria-expanded={opened}
      label={label}
      name={`${label}: ${text}`}
      tooltip={tooltip}
      value={
        opened ? (
          <Beside shown={text} label={label} width={360} onClose={close}>
            <Suspense>
              <JsonEditor
                label={label}
                value={value}
                onDone={(next) => {
                  if (next !== undefined) onChange(next);
                  close();
                }}
              />
            </Suspense>
          </Beside>
        ) : (
          text
        )
      }
      text={text}
      linked={linked}
      onClick={(event) => {
        if (!linked && isOwn(event)) setOpened(true);
      }}
      onKeyDown={(event) => {
        if (linked || event.target !== event.currentTarget || event.ctrlKey || event.metaKey) return;
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        event.stopPropagation();
        setOpened(true);
      }}
    />
  );
}
