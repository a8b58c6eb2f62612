import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** Where `npm run dev` finds a running server; `NODEGRAPH_SERVER=http://127.0.0.1:9000 npm run dev` names another. */
const server = process.env.NODEGRAPH_SERVER ?? "http://127.0.0.1:8188";

/** The zooming of pictures brings a style element of its own, which the page refuses: Viewer.module.css has the style. */
const WITHOUT_OWN_STYLE = {
  name: "without-own-style",
  transform: (code: string, id: string) =>
    id.includes("react-zoom-pan-pinch") ? code.replace("styleInject(css_248z);", "") : null,
};

export default defineConfig({
  plugins: [react(), WITHOUT_OWN_STYLE],
  // The server puts another word in its place in every answer; its content security policy names that word.
  html: { cspNonce: "NODEGRAPH_NONCE" },
  build: {
    outDir: "../nodegraph/_web",
    emptyOutDir: true,
    // The first browsers with light-dark(); for older ones it would be rewritten into what the kit's colours break.
    target: ["chrome123", "firefox120", "safari17.5"],
    license: { fileName: "licenses.md" },
  },
  server: {
    proxy: {
      // The server takes requests of its own origin only, so the proxy speaks in its name.
      "/api": { target: server, ws: true, changeOrigin: true, rewriteWsOrigin: true },
    },
  },
  test: {
    environment: "happy-dom",
    restoreMocks: true,
  },
});
