/** The menu that opens on the canvas, at the pointer or beside what is selected. */

import { Menu } from "@mantine/core";
import { useWindowEvent } from "@mantine/hooks";
import { useStore } from "zustand";

import type { Sections } from "../../commands/command";
import { MenuSections, menuOfCommands } from "../../commands/MenuSections";
import { useApp, useOverlay } from "../../editor/app";
import { useStrings } from "../../i18n/language";
import { useSurface } from "../surface";
import { canvasMenu } from "./canvas-menu";
import type { Scope } from "./item";
import { linkMenu } from "./link-menu";
import type { MenuStore } from "./menu-store";
import { selectionMenu } from "./selection-menu";

export function ContextMenu({ menu }: { readonly menu: MenuStore }) {
  const open = useStore(menu, (state) => state.open);
  const app = useApp();
  const surface = useSurface();
  const overlay = useOverlay();
  const words = useStrings().gestures.menu;
  const close = (): void => {
    menu.setState({ open: null });
    surface.element.focus({ preventScroll: true });
  };
  useWindowEvent("keydown", ({ key, target }) => {
    // It has the focus a moment after it is seen; keys that come before are meant for it too.
    const isInside = target instanceof Element && target.closest("[role=menu]") !== null;
    if (open !== null && key === "Escape" && !isInside) close();
  });
  if (open === null) return null;
  const { x: left, y: top } = open.client;
  return (
    <Menu
      // Opened elsewhere it is another menu, which takes its place at once.
      key={`${left} ${top}`}
      opened
      position="right-start"
      offset={2}
      shadow="md"
      transitionProps={{ duration: 0 }}
      returnFocus={false}
      // The key that opened it has yet to go on its way, as has what a browser makes of a finger that rested.
      clickOutsideEvents={PRESSES}
      onClose={close}
    >
      <Menu.Target>
        <span style={{ position: "fixed", left, top, width: 1, height: 1 }} aria-hidden />
      </Menu.Target>
      <Menu.Dropdown className={menuOfCommands} aria-label={words.label}>
        <MenuSections sections={sectionsOf({ ...open, app, surface, overlay })} />
      </Menu.Dropdown>
    </Menu>
  );
}

const PRESSES = ["pointerdown"];

function sectionsOf(scope: Scope): Sections {
  const { subject } = scope;
  if (subject.kind === "link") return linkMenu(scope, subject.link);
  return subject.kind === "selection" ? selectionMenu(scope) : canvasMenu(scope);
}
