import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  root: "prototype",
  plugins: [react()],
  build: { outDir: "../dist", emptyOutDir: true, target: ["chrome123", "firefox120", "safari17.5"] },
});
