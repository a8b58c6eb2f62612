/** The icons at the left, each of which opens its panel beside the canvas. */

import { Tooltip, UnstyledButton } from "@mantine/core";
import { IconFolder, IconHistory, IconListDetails, IconTopologyStar3, type Icon } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useStore } from "zustand";

import { useApp } from "../editor/app";
import type { Panel } from "../editor/ui";
import { useStrings } from "../i18n/language";
import { PANEL_ID } from "./SidePanel";
import classes from "./Rail.module.css";

const ICONS: Readonly<Record<Panel, Icon>> = {
  nodes: IconTopologyStar3,
  workflows: IconFolder,
  queue: IconListDetails,
  history: IconHistory,
};

export interface RailProps {
  /** How many things a panel has to tell of, shown at its icon, such as the runs that wait. */
  readonly counts?: Partial<Record<Panel, number>>;
  /** At the lower end. */
  readonly children?: ReactNode;
}

export function Rail({ counts = {}, children }: RailProps) {
  const { shell } = useStrings();
  const { ui } = useApp();
  const open = useStore(ui, ({ panel }) => panel);
  return (
    <nav className={classes.rail} aria-label={shell.rail}>
      {(Object.keys(ICONS) as Panel[]).map((panel) => {
        const Icon = ICONS[panel];
        const count = counts[panel] ?? 0;
        return (
          <Tooltip key={panel} label={shell.panels[panel]} position="right">
            <UnstyledButton
              className={classes.button}
              aria-label={count > 0 ? shell.panelWithCount(shell.panels[panel], count) : shell.panels[panel]}
              aria-expanded={open === panel}
              aria-controls={open === panel ? PANEL_ID : undefined}
              onClick={() => {
                ui.setState({ panel: open === panel ? null : panel });
              }}
            >
              <Icon size={21} stroke={1.6} aria-hidden />
              {count > 0 && (
                <span className={classes.count} aria-hidden>
                  {count > 99 ? "99+" : count}
                </span>
              )}
            </UnstyledButton>
          </Tooltip>
        );
      })}
      <div className={classes.end}>{children}</div>
    </nav>
  );
}
