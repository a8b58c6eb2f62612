/** The frame of a panel beside the canvas: its name, a way to close it, and room for what it holds. */

import { CloseButton, Title } from "@mantine/core";
import type { ReactNode } from "react";

import { useApp } from "../editor/app";
import { useStrings } from "../i18n/language";
import classes from "./SidePanel.module.css";

export const PANEL_ID = "panel";

export interface SidePanelProps {
  readonly title: string;
  /** Buttons beside the title. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

export function SidePanel({ title, actions, children }: SidePanelProps) {
  const { shell } = useStrings();
  const { ui } = useApp();
  return (
    <aside
      id={PANEL_ID}
      className={classes.panel}
      aria-label={title}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented) return;
        event.preventDefault();
        ui.setState({ panel: null });
      }}
    >
      <div className={classes.head}>
        <Title order={2} size="sm" className={classes.title}>
          {title}
        </Title>
        {actions}
        <CloseButton
          size={36}
          iconSize={18}
          aria-label={shell.closePanel}
          onClick={() => {
            ui.setState({ panel: null });
          }}
        />
      </div>
      <div className={classes.content}>{children}</div>
    </aside>
  );
}
