/** Lets keys run commands, wherever on the page they are pressed. */

import { useEffect, useMemo } from "react";

import type { App } from "../editor/app";
import { isEnabled, type Command } from "./command";
import { matches, parseKey } from "./keys";

export function useCommandKeys(app: App, commands: readonly Command[]): void {
  const bindings = useMemo(
    () =>
      commands.flatMap((command) =>
        command.heardElsewhere ? [] : (command.keys ?? []).map((text) => ({ command, key: parseKey(text) })),
      ),
    [commands],
  );
  useEffect(() => {
    const hear = (event: KeyboardEvent): void => {
      // What a widget or a gesture has taken is not a command, nor is what an input method is composing.
      if (event.defaultPrevented || event.isComposing) return;
      const place = isModal(app) ? "dialog" : placeOf(event.target);
      if (place === "dialog") return;
      const found = bindings.find(({ command, key }) => matches(key, event) && (place === "page" || command.inText));
      if (!found) return;
      // Even where it cannot be done now: Ctrl+S must not open the browser's own dialog.
      event.preventDefault();
      const { command } = found;
      if (isEnabled(command, app)) void command.run(app);
    };
    window.addEventListener("keydown", hear);
    return () => {
      window.removeEventListener("keydown", hear);
    };
  }, [app, bindings]);
}

/** All dialogs stand above the page, but for the search, which stands beside what it finds. */
function isModal({ ui }: App): boolean {
  const { dialog } = ui.getState();
  return dialog !== null && dialog.kind !== "find";
}

/** Where a key is pressed decides what it may do: in a dialog or a list that is open nothing but what that does. */
function placeOf(target: EventTarget | null): "page" | "text" | "dialog" {
  if (!(target instanceof Element)) return "page";
  if (target.closest("[role=dialog], [role=menu], [role=listbox]")) return "dialog";
  return isText(target) ? "text" : "page";
}

function isText(element: Element): boolean {
  if (element instanceof HTMLInputElement) return !["checkbox", "radio", "button", "range"].includes(element.type);
  return (
    element instanceof HTMLTextAreaElement ||
    element instanceof HTMLSelectElement ||
    (element instanceof HTMLElement && element.isContentEditable)
  );
}
