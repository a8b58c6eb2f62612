/** The widget of any kind. Rows are light, so that a thousand of them can be there; editors come when they are used. */

import { memo } from "react";

import type { WidgetSpec } from "../classes/types";
import { ComboRow } from "./choice/ComboRow";
import { NamedColor, NumberedColor } from "./color/colors";
import { NumberRow } from "./number/NumberRow";
import { OtherRow } from "./other/OtherRow";
import type { WidgetProps } from "./props";
import { LineText } from "./text/LineText";
import { MultilineText } from "./text/MultilineText";
import { ToggleRow } from "./ToggleRow";

interface WidgetRowProps extends WidgetProps {
  /** Of a text of several lines; left out: as much as there is in its column. All else is 22 high. */
  readonly height?: number;
}

export const WidgetRow = memo(function WidgetRow({ height, ...props }: WidgetRowProps) {
  const { spec } = props;
  switch (spec.kind) {
    case "number":
      if (spec.color) return <NumberedColor {...props} spec={spec} />;
      return <NumberRow {...props} spec={spec} />;
    case "text":
      return spec.multiline ? (
        <MultilineText {...props} spec={spec} height={height} />
      ) : (
        <LineText {...props} spec={spec} />
      );
    case "combo":
      return <ComboRow {...props} spec={spec} />;
    case "toggle":
      return <ToggleRow {...props} spec={spec} />;
    case "color":
      return <NamedColor {...props} spec={spec} />;
    case "other":
      return <OtherRow {...props} spec={spec} />;
  }
}) as (props: WidgetRowProps & { readonly spec: WidgetSpec }) => React.JSX.Element;
