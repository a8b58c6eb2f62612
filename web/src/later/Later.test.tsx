import { MantineProvider } from "@mantine/core";
import { act, lazy, type ReactNode } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { Later } from "./Later";

let place: HTMLElement;
let root: Root;

beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  vi.spyOn(console, "error").mockReturnValue();
  place = document.createElement("div");
  root = createRoot(place);
});
afterEach(() => {
  act(() => {
    root.unmount();
  });
  vi.unstubAllGlobals();
});

const show = (page: ReactNode): Promise<void> =>
  act(async () => {
    root.render(<MantineProvider>{page}</MantineProvider>);
    await Promise.resolve();
  });

const part = (): ReactNode => "the part";
const Comes = lazy(() => Promise.resolve({ default: part }));
const Fails = lazy<typeof part>(() => Promise.reject(new TypeError("Failed to fetch dynamically imported module")));

it("shows the part once it has come", async () => {
  await show(
    <Later>
      <Comes />
    </Later>,
  );
  expect(place.textContent).toContain("the part");
});

it("says what does not come in its place, and leaves all else as it is", async () => {
  await show(
    <>
      <p>beside</p>
      <Later>
        <Fails />
      </Later>
    </>,
  );
  expect(place.querySelector("p")?.textContent).toBe("beside");
  expect(place.querySelector("[role=alert]")?.textContent).toContain("could not be loaded");
  expect(place.querySelector("button")?.textContent).toBe("Reload the page");
});

it("puts there what does for it, where there is something", async () => {
  await show(
    <Later failed="plain text">
      <Fails />
    </Later>,
  );
  expect(place.textContent).toContain("plain text");
  expect(place.querySelector("[role=alert]")).toBeNull();
});
