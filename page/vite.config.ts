import { defineConfig } from "vitest/config";

export default defineConfig({
  // The page is served under any prefix: every address in it is relative.
  base: "./",
  build: {
    outDir: "../src/cadran/server/static",
    emptyOutDir: true,
    target: "es2022",
    cssCodeSplit: false,
    // The content security policy lets nothing inline through but the script in index.html, by its hash.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  test: { include: ["tests/**/*.test.ts"], environment: "node" },
});
