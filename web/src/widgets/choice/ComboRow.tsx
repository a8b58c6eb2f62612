/** One of several. Opened, its list can be searched; a value that is not in it is shown as missing, and kept. */

import { lazy, useId, useMemo, useRef, useState, type KeyboardEvent } from "react";

import type { ComboSpec } from "../../classes/types";
import { isList } from "../../document/json";
import { useStrings } from "../../i18n/language";
import { Later } from "../../later/Later";
import { NotLoaded } from "../../later/NotLoaded";
import { Beside } from "../Beside";
import { ControlTools } from "../number/ControlTools";
import { PictureTools } from "../picture/PictureTools";
import { usePicture } from "../picture/usePicture";
import { isOwn, Row } from "../Row";
import type { WidgetProps } from "../props";
import styles from "./ComboRow.module.css";
import { isMissing, optionOf, textOf, toggled } from "./options";

const ComboList = lazy(() => import("./ComboList"));

export function ComboRow(props: WidgetProps<ComboSpec>) {
  const { spec, label, tooltip, value, now, linked, onChange, control } = props;
  const { widgets: words } = useStrings();
  const row = useRef<HTMLDivElement>(null);
  const list = useId();
  /** What is sought first; null: the list is closed. */
  const [sought, setSought] = useState<string | null>(null);
  const picture = usePicture(props, row);
  const missing = useMemo(() => !linked && isMissing(spec, value), [linked, spec, value]);
  const option = optionOf(value, spec.files);
  const name = isList(value) ? value.map(textOf).join(", ") : option.name;
  const shown = picture.busy ?? (name === "" ? words.combo.none : name);

  const close = (): void => {
    setSought(null);
    row.current?.focus({ preventScroll: true });
  };

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    if (linked || event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const letter = /^[\p{L}\p{N}]$/u.test(event.key) ? event.key : "";
    // Until the list is there and has the focus, its letters come here.
    if (letter !== "" || OPENING.has(event.key)) setSought((before) => (before ?? "") + letter);
    else if (event.key === "ArrowLeft" || event.key === "ArrowRight") step(event.key === "ArrowLeft" ? -1 : 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const step = (by: number): void => {
    const text = textOf(now());
    const at = spec.options.findIndex((each) => textOf(each) === text);
    const next = spec.options[at + by];
    if (next !== undefined) onChange(next, `keys:${label}`);
  };

  return (
    <Row
      rowRef={row}
      role="combobox"
      label={label}
      name={`${label}: ${missing ? words.combo.missing(option.text) : shown}`}
      tooltip={missing ? words.combo.missing(option.text) : hint(tooltip, option.text, shown)}
      value={
        sought === null ? (
          shown
        ) : (
          <Later
            fallback={shown}
            failed={
              <Beside shown={shown} label={label} width={340} onClose={close}>
                <NotLoaded />
              </Beside>
            }
          >
            <ComboList
              {...props}
              missing={missing}
              sought={sought}
              id={list}
              shown={shown}
              onClose={close}
              onPick={(picked) => {
                if (spec.multiple) onChange(toggled(spec, now(), picked));
                else {
                  if (picked !== now()) onChange(picked);
                  close();
                }
              }}
            />
          </Later>
        )
      }
      text={shown}
      linked={linked}
      wrong={missing}
      className={styles.combo}
      aria-haspopup="listbox"
      aria-expanded={sought !== null}
      aria-controls={sought === null ? undefined : list}
      onKeyDown={onKeyDown}
      onClick={(event) => {
        if (!linked && isOwn(event)) setSought(sought === null ? "" : null);
      }}
      tools={
        spec.upload ? (
          <PictureTools {...props} picture={picture} />
        ) : (
          control && <ControlTools label={label} linked={linked} control={control} onControl={props.onControl} />
        )
      }
    />
  );
}

const OPENING = new Set(["Enter", " ", "ArrowDown", "ArrowUp"]);

/** Where the row does not show all of the value, the tip does. */
const hint = (tooltip: string | null, text: string, shown: string): string | null =>
  text === shown ? tooltip : [text, tooltip].filter(Boolean).join("\n");
