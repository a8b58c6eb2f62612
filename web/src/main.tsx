import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./page/global.css";
import "./page/touch.css";

import { MantineProvider } from "@mantine/core";
import { setNonce } from "get-nonce";
import { lazy, StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { AppContext } from "./editor/app";
import { Later } from "./later/Later";
import { createApp, startApp, startDocs } from "./page/create-app";
import { Entrance } from "./page/Entrance";
import { Notices } from "./page/Notices";
import { theme } from "./page/theme";
import { colorSchemeFrom } from "./shell/follow-settings";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root.");

/** The kit writes style elements; the server's content security policy lets in those that carry this word. */
const nonce = document.querySelector<HTMLMetaElement>("meta[property=csp-nonce]")?.nonce;

// What keeps the page from scrolling under a dialog asks here.
if (nonce !== undefined) setNonce(nonce);

const app = createApp(window.location);

/** The description of the HTTP interface, at an address of its own. */
const Docs = window.location.pathname === "/docs" ? lazy(() => import("./docs/Docs")) : null;

createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      colorSchemeManager={colorSchemeFrom(app.settings)}
      getStyleNonce={() => nonce ?? ""}
    >
      <AppContext value={app}>
        <Notices />
        {Docs ? (
          <Later>
            <Docs />
          </Later>
        ) : (
          <Entrance />
        )}
      </AppContext>
    </MantineProvider>
  </StrictMode>,
);
if (Docs) startDocs(app);
else
  void startApp(app).then(async () => {
    if (new URLSearchParams(window.location.search).has("measure"))
      (await import("./page/measured")).offerMeasuring(app);
  });
