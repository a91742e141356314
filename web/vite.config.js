// Four entries, no page: the server writes the HTML and finds the hashed names in .vite/manifest.json.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { gzip } from "./gzip.js";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  base: "/assets/",
  publicDir: false,
  plugins: [gzip()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    manifest: true,
    modulePreload: false,
    // The oldest browsers that officials and citizens are known to have: 2021 Chromium shells.
    target: ["chrome90", "safari14", "firefox88"],
    cssTarget: ["chrome90", "safari14", "firefox88"],
    assetsDir: ".",
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: {
        script: here("src/main.js"),
        verify: here("src/verify.js"),
        studio: here("src/studio.js"),
        style: here("src/main.scss"),
      },
    },
  },
  css: {
    preprocessorOptions: {
      scss: { loadPaths: [here("node_modules")], quietDeps: true },
    },
  },
});
