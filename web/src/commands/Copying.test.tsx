import { notificationsStore } from "@mantine/notifications";
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { Copying } from "./Copying";

let button: HTMLButtonElement;
let root: Root;

beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  const place = document.createElement("div");
  root = createRoot(place);
  act(() => {
    root.render(
      <Copying value="words">
        {({ copied, copy }) => <button onClick={copy}>{copied ? "Copied" : "Copy"}</button>}
      </Copying>,
    );
  });
  const found = place.querySelector("button");
  if (!found) throw new Error("There is no button.");
  button = found;
});
afterEach(() => {
  act(() => {
    root.unmount();
  });
  vi.unstubAllGlobals();
});

const press = (): Promise<void> =>
  act(async () => {
    button.click();
    await Promise.resolve();
  });

it("copies, and says so for a moment", async () => {
  vi.useFakeTimers();
  try {
    const writeText = vi.fn(() => Promise.resolve());
    vi.stubGlobal("navigator", { clipboard: { writeText } });
    await press();
    expect(writeText).toHaveBeenCalledWith("words");
    expect(button.textContent).toBe("Copied");
    act(() => {
      vi.advanceTimersByTime(1000);
    });
    expect(button.textContent).toBe("Copy");
  } finally {
    vi.useRealTimers();
  }
});

it("says that it could not where the page has no clipboard, as without https", async () => {
  vi.stubGlobal("navigator", {});
  await press();
  expect(button.textContent).toBe("Copy");
  const { notifications, queue } = notificationsStore.getState();
  expect([...notifications, ...queue].map(({ message }) => message)).toEqual([
    "The browser does not let this page write to the clipboard.",
  ]);
});
