/** The two ways in which workflows keep a colour, as letters and as a number, brought to one row. */

import type { ColorSpec, NumberSpec } from "../../classes/types";
import { toNumber } from "../../document/json";
import type { WidgetProps } from "../props";
import { ColorRow } from "./ColorRow";
import { colorOf, numberOf } from "./numbers";

export function NamedColor({ spec, value, onChange, ...row }: WidgetProps<ColorSpec>) {
  return (
    <ColorRow {...row} color={typeof value === "string" && value !== "" ? value : spec.default} onColor={onChange} />
  );
}

export function NumberedColor({ value, onChange, ...row }: WidgetProps<NumberSpec>) {
  return (
    <ColorRow
      {...row}
      color={colorOf(toNumber(value) ?? 0)}
      onColor={(color, gesture) => {
        onChange(numberOf(color), gesture);
      }}
    />
  );
}
