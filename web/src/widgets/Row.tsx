/** A widget at rest: its name to the left, its value to the right, and nothing that costs. Knows no kind of value. */

import { useEffect, useRef, type ComponentProps, type ReactNode, type RefObject } from "react";

import styles from "./Row.module.css";

interface RowProps extends Omit<ComponentProps<"div">, "children"> {
  readonly label: string;
  /** What it is called where it is not seen; left out: as it is labelled. */
  readonly name?: string;
  readonly tooltip: string | null;
  /** What stands to the right; `text` is its letters, of which it takes the room. */
  readonly value: ReactNode;
  readonly text: string;
  readonly linked: boolean;
  readonly wrong?: boolean;
  /** Behind the value. */
  readonly tools?: ReactNode;
  /** It comes back after its value was typed: the focus is to be here again. */
  readonly takeFocus?: boolean;
  readonly rowRef?: RefObject<HTMLDivElement | null>;
}

/** More letters than this may not fit in a node of the usual width. */
const FITTING = 24;

export function Row(props: RowProps) {
  const {
    label,
    name = label,
    tooltip,
    value,
    text,
    linked,
    wrong,
    tools,
    takeFocus,
    rowRef,
    className,
    ...rest
  } = props;
  const own = useRef<HTMLDivElement>(null);
  const row = rowRef ?? own;
  useEffect(() => {
    if (takeFocus) row.current?.focus({ preventScroll: true });
  }, [takeFocus, row]);
  return (
    <div
      ref={row}
      className={`${styles.row} nopan ${className ?? ""}`}
      data-widget=""
      data-linked={linked || undefined}
      data-wrong={wrong === true || undefined}
      data-long={label.length + text.length > FITTING || undefined}
      tabIndex={linked ? -1 : 0}
      aria-label={name}
      aria-disabled={linked || undefined}
      title={tooltip ?? undefined}
      {...rest}
    >
      <span className={styles.label} data-part="label">
        {label}
      </span>
      <span className={styles.value} data-part="value">
        {value}
      </span>
      {tools}
    </div>
  );
}

/** Whether an event is of the row itself: not of its tools, nor of what it opened elsewhere on the page. */
export function isOwn({
  currentTarget,
  target,
}: {
  readonly currentTarget: Element;
  readonly target: EventTarget;
}): boolean {
  return target instanceof Element && currentTarget.contains(target) && target.closest("button, input") === null;
}
