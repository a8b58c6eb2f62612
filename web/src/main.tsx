import "@mantine/core/styles.css";
import "./components/global.css";

import { MantineProvider } from "@mantine/core";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { Client } from "./client/client";
import { ClientContext } from "./client/context";
import { App } from "./components/App";
import { theme } from "./components/theme";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root.");

const client = new Client(window.location);
client.connect();

createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <ClientContext value={client}>
        <App />
      </ClientContext>
    </MantineProvider>
  </StrictMode>,
);
