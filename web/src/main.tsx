import "@mantine/core/styles.css";
import "./components/global.css";

import { MantineProvider } from "@mantine/core";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { OldClient } from "./client/old-client";
import { ClientContext } from "./client/context";
import { App } from "./components/App";
import { theme } from "./components/theme";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root.");

/** The kit writes style elements; the server's content security policy lets in those that carry this word. */
const nonce = document.querySelector<HTMLMetaElement>("meta[property=csp-nonce]")?.nonce;

const client = new OldClient(window.location);
client.connect();

createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => nonce ?? ""}>
      <ClientContext value={client}>
        <App />
      </ClientContext>
    </MantineProvider>
  </StrictMode>,
);
