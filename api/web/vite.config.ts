import { defineConfig } from "vite";

// One entry a page; what several share, and what is heavy, becomes a file of its own that only those pages load.
const entry = (name: string) => `src/${name}.ts`;

export default defineConfig({
  base: "./",
  publicDir: false,
  build: {
    outDir: "../static",
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2022",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { theme: entry("theme"), site: entry("site"), explore: entry("explore"), targets: entry("targets"), query: entry("query") },
    },
  },
});
