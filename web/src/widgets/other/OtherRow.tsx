/** A value of a type that the page has no widget for: shown as JSON, and edited as such. */

import { lazy } from "react";

import type { OtherSpec } from "../../classes/types";
import { writeJson } from "../../document/json";
import { OpeningRow } from "../OpeningRow";
import type { WidgetProps } from "../props";

const JsonEditor = lazy(() => import("./JsonEditor"));

/** More letters than this are not put into a row: it could show none of them. */
const MOST = 60;

export function OtherRow({ label, tooltip, value, linked, onChange }: WidgetProps<OtherSpec>) {
  const written = typeof value === "string" ? value : writeJson(value);
  return (
    <OpeningRow
      label={label}
      tooltip={tooltip}
      linked={linked}
      text={written.length > MOST ? `${written.slice(0, MOST)}…` : written}
      width={360}
      editor={(close) => (
        <JsonEditor
          label={label}
          value={value}
          onDone={(next) => {
            if (next !== undefined) onChange(next);
            close();
          }}
        />
      )}
    />
  );
}
