/** The line at the top: menu, workflows, run controls, the server's state, language and colours. */

import { Group, VisuallyHidden } from "@mantine/core";
import type { ReactNode } from "react";

import { useStrings } from "../i18n/language";
import { AccountMenu } from "../access/AccountMenu";
import { LanguageMenu } from "./LanguageMenu";
import { ServerState } from "./ServerState";
import { ThemeButton } from "./ThemeButton";
import classes from "./Header.module.css";

export interface HeaderProps {
  readonly menu?: ReactNode;
  /** The workflows that are open; takes what room there is. */
  readonly tabs: ReactNode;
  readonly controls: ReactNode;
}

export function Header({ menu, tabs, controls }: HeaderProps) {
  const { shell } = useStrings();
  return (
    <header className={classes.header}>
      <VisuallyHidden component="h1">{shell.productName}</VisuallyHidden>
      {menu}
      <div className={classes.tabs}>{tabs}</div>
      <div className={classes.controls}>{controls}</div>
      <Group gap={2} wrap="nowrap" className={classes.page}>
        <ServerState />
        <LanguageMenu />
        <ThemeButton />
        <AccountMenu />
      </Group>
    </header>
  );
}
