/** On or off. */

import type { ToggleSpec } from "../classes/types";
import { useStrings } from "../i18n/language";
import { Row } from "./Row";
import type { WidgetProps } from "./props";
import styles from "./ToggleRow.module.css";

export function ToggleRow({ spec, label, tooltip, value, now, linked, onChange }: WidgetProps<ToggleSpec>) {
  const { widgets: words } = useStrings();
  const on = value === true;
  const text = on ? (spec.on ?? words.toggle.on) : (spec.off ?? words.toggle.off);
  const turn = (): void => {
    if (!linked) onChange(now() !== true);
  };
  return (
    <Row
      role="switch"
      aria-checked={on}
      label={label}
      tooltip={tooltip}
      value={
        <>
          {text}
          <span className={styles.track} data-on={on || undefined}>
            <span className={styles.knob} />
          </span>
        </>
      }
      text={text}
      linked={linked}
      className={styles.toggle}
      onClick={turn}
      onKeyDown={(event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        if (event.ctrlKey || event.metaKey) return;
        event.preventDefault();
        event.stopPropagation();
        turn();
      }}
    />
  );
}
